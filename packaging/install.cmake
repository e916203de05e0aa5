# What `cmake --install` and `cpack -G DEB` put where. hubsync-testhub and hubsync-make-model stay
# in the build tree.
install(TARGETS hubsync hubsyncd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(name IN LISTS folders)
    if(TARGET hub-${name} AND NOT name STREQUAL dialects)
        install(TARGETS hub-${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/hubsync/plugins)
    endif()
endforeach()

# Completion scripts come out of the program's own tables.
set(made ${CMAKE_BINARY_DIR}/share)
file(MAKE_DIRECTORY ${made})
foreach(shell bash zsh fish)
    add_custom_command(OUTPUT ${made}/completion.${shell}
        COMMAND sh -c "$<TARGET_FILE:hubsync> completion ${shell} >${made}/completion.${shell}"
        DEPENDS hubsync VERBATIM)
    list(APPEND completions ${made}/completion.${shell})
endforeach()
add_custom_target(completions ALL DEPENDS ${completions})
install(FILES ${made}/completion.bash RENAME hubsync
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/completion.zsh RENAME _hubsync
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${made}/completion.fish RENAME hubsync.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Debian wants manual pages compressed, without the time in the archive.
foreach(page hubsync.1 hubsyncd.8 hubsync.yaml.5)
    string(REGEX MATCH "[0-9]$" section ${page})
    add_custom_command(OUTPUT ${made}/${page}.gz
        COMMAND sh -c "gzip -9nc '${CMAKE_SOURCE_DIR}/packaging/man/${page}' >'${made}/${page}.gz'"
        DEPENDS packaging/man/${page} VERBATIM)
    list(APPEND pages ${made}/${page}.gz)
    install(FILES ${made}/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
add_custom_target(man_pages ALL DEPENDS ${pages})

# The unit names the prefix that is known when it is installed.
install(CODE "set(bindir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
configure_file(${CMAKE_SOURCE_DIR}/packaging/hubsyncd.service.in ${made}/hubsyncd.service @ONLY)")
install(FILES ${made}/hubsyncd.service DESTINATION lib/systemd/system)
install(FILES packaging/sysusers.conf RENAME hubsync.conf DESTINATION lib/sysusers.d)
install(FILES README.md ARCHITECTURE.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES docs/hubsync.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/hubsync)
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_PACKAGE_NAME hubsync)
set(CPACK_PACKAGE_VENDOR hubsync)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps AI-model repositories in step across hubs")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Copies and mirrors model repositories between sites through plugins,\n\
 checks every byte by its hash, and deletes nothing without a rule that says so.\n\
 One command line program, one daemon.")
set(CPACK_PACKAGE_CONTACT "hubsync maintainers <hubsync@localhost>")
set(CPACK_PACKAGE_FILE_NAME hubsync)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/debian/postinst;${CMAKE_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
