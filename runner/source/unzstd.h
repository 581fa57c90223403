/* unzstd.h - a stage that unpacks .zst: any number of frames, those to be skipped among them. The
 * only file that knows libzstd. Memory is the window that the file was packed with, at most 128 MiB,
 * which is also zstd(1)'s own bound. */
#ifndef RUNNER_SOURCE_UNZSTD_H
#define RUNNER_SOURCE_UNZSTD_H

#include "runner/source/stage.h"

int unzstd_open(const struct stage_options *options, struct stage **stage, struct err *err);

#endif
