/* unzip.h - a stage that unpacks one member of a .zip. The only file that knows libarchive, which a
 * build may lack: then every .zip is ERR_JOB, naming the package.
 *
 * Of members only the bytes are used, never the names, but to choose by: nothing is made on disk.
 * Not looked at are folders, links, and what macOS adds (__MACOSX/). */
#ifndef RUNNER_SOURCE_UNZIP_H
#define RUNNER_SOURCE_UNZIP_H

#include "runner/source/stage.h"

int unzip_open(const struct stage_options *options, struct stage **stage, struct err *err);

#endif
