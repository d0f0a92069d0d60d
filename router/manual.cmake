# Writes what the router says of its configuration file to keys.h2m, which help2man puts into the manual page.
execute_process(COMMAND ${ROUTER} --help-config OUTPUT_VARIABLE keys COMMAND_ERROR_IS_FATAL ANY)
file(WRITE keys.h2m "[CONFIGURATION FILE]\n.nf\n${keys}.fi\n")
