/* Included before every file by the Makefile: calling one of these is a compile error. What to use
 * instead stands beside it. System headers that declare them are read first. */
#ifndef BELAY_BASE_BANNED_H
#define BELAY_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat /* memcpy with a checked length, snprintf, struct buf */
#pragma GCC poison sprintf vsprintf gets         /* snprintf, buf_printf */
#pragma GCC poison strtok strtok_r               /* strchr, strcspn */
#pragma GCC poison atoi atol atoll atof          /* strtoll and friends, with their errors checked */
#pragma GCC poison rand srand random srandom     /* the entropy port; the seed in the record */
#pragma GCC poison gmtime localtime ctime asctime /* gmtime_r */
#pragma GCC poison system popen                  /* no shell-outs; -Walloca bans the unbounded stack */

#endif
