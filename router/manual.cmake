# Writes what the router says of its commands, of its configuration file and of its metrics to keys.h2m, which help2man
# puts into the manual page.
execute_process(COMMAND ${ROUTER} help OUTPUT_VARIABLE commands COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${ROUTER} --help-config OUTPUT_VARIABLE keys COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${ROUTER} --help-metrics OUTPUT_VARIABLE metrics COMMAND_ERROR_IS_FATAL ANY)
file(WRITE keys.h2m "[COMMANDS]\n.nf\n${commands}.fi\n\n[CONFIGURATION FILE]\n.nf\n${keys}.fi\n\n"
     "[METRICS]\n.nf\n${metrics}.fi\n")
