/** Administrators: their setup and sessions, their actions on users, invitations, mail and settings, and the wiring of accounts. */
@NullMarked
package io.verstak.server.admin;

import org.jspecify.annotations.NullMarked;
