/** What a person is told of events of the own account: lines on the pages, and the security log. */
@NullMarked
package io.verstak.server.account.notice;

import org.jspecify.annotations.NullMarked;
