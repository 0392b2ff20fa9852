/** Administrators: their setup and sessions, their actions on users, invitations, mail and settings. */
@NullMarked
package io.verstak.server.admin;

import org.jspecify.annotations.NullMarked;
