/** Repositories of users, devices, vaults, sessions, invitations and administrators, on the Vert.x SQL API. */
@NullMarked
package io.verstak.server.storage.account;

import org.jspecify.annotations.NullMarked;
