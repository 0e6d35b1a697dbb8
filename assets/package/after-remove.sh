#!/bin/sh
# After the package's files are gone. Settings, mail and log stay in each user's data folder: they are the user's.
exit 0
