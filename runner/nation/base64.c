#include "platform.h"

#include "runner/nation/base64.h"

static int
value_of(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - '0' + 52;
	if (letter == '+' || letter == '-')
		return 62;
	if (letter == '/' || letter == '_')
		return 63;
	return -1;
}

static bool
is_blank(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' ||
	       letter == '\f';
}

size_t
base64_decode(struct base64 *base64, struct span text, unsigned char *to)
{
	size_t made = 0;

	for (size_t i = 0; i < text.len && !base64->is_broken; i++) {
		int value = value_of(text.ptr[i]);

		if (is_blank(text.ptr[i]))
			continue;
		if (text.ptr[i] == '=')
			base64->is_padded = true;
		else if (value < 0 || base64->is_padded)
			base64->is_broken = true;
		if (base64->is_padded || base64->is_broken)
			continue;
		base64->bits = base64->bits << 6 | (uint32_t)value;
		if (++base64->letters < 4)
			continue;
		to[made++] = (unsigned char)(base64->bits >> 16);
		to[made++] = (unsigned char)(base64->bits >> 8);
		to[made++] = (unsigned char)base64->bits;
		base64->letters = 0;
		base64->bits = 0;
	}
	return made;
}

size_t
base64_end(struct base64 *base64, unsigned char to[static 2])
{
	unsigned letters = base64->letters;

	base64->letters = 0;
	if (letters == 1)
		base64->is_broken = true;
	if (base64->is_broken || letters < 2)
		return 0;
	to[0] = (unsigned char)(base64->bits >> (letters == 2 ? 4 : 10));
	to[1] = (unsigned char)(base64->bits >> 2);
	return letters - 1;
}
