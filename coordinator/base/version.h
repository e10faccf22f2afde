/* The version of the programs belayd and belay. */
#ifndef BELAY_BASE_VERSION_H
#define BELAY_BASE_VERSION_H

#define BELAY_VERSION "0.1.0"

#endif
