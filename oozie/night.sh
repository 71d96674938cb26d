#!/usr/bin/env bash
# Runs scripts/submit in an Oozie shell action: night.sh "SUBMIT-OPTIONS" VERB OPTIONS
# The night's exit code is handed on as captured output, for the workflow to decide; all else goes to the container's log.
set -u
options=$1
shift
code=0
# shellcheck disable=SC2086 # several options in one argument
bash ./submit $options -- "$@" >&2 || code=$?
echo "exit_code=$code"
