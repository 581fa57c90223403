/* gunzip.h - a stage that unpacks .gz: any number of members, one after the other. The only file
 * that knows zlib. */
#ifndef RUNNER_SOURCE_GUNZIP_H
#define RUNNER_SOURCE_GUNZIP_H

#include "runner/source/stage.h"

int gunzip_open(const struct stage_options *options, struct stage **stage, struct err *err);

#endif
