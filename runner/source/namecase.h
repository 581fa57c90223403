/* namecase.h - names of people out of capitals.
 *
 * A value that has capitals and small letters stays as it is: somebody took care of it. Else every
 * part of a name begins with a capital, where blanks, hyphens, full stops and the like part it:
 *     SMITH-JONES Smith-Jones   ST. JOHN St. John   J.R. J.R.   JR Jr   3RD 3rd
 * an apostrophe does if two letters follow, and the Mc of four letters or more:
 *     O'BRIEN O'Brien   D'ANGELO D'Angelo   JOHN'S John's   MCDONALD McDonald
 * Mac cannot be known (MACDONALD Macdonald, as MACK, MACHADO). II, III, IV, VII, VIII and IX stay in
 * capitals, and VI behind another word. Words that lead on to a name are small if one follows: van,
 * von, de, del, den, der, du, da, das, do, dos, ten, ter, and la, las, los, le behind one of them:
 *     VAN DER BERG van der Berg   DE LA CRUZ de la Cruz   LA RUE La Rue   VAN Van */
#ifndef RUNNER_SOURCE_NAMECASE_H
#define RUNNER_SOURCE_NAMECASE_H

#include "runner/base/span.h"

/* Returns the end. `to` has room for LETTERS_MOST_BYTES(name.len). */
char *namecase_write(struct span name, char *to);

#endif
