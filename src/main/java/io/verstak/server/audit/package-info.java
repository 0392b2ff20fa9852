/** The audit log: its types and entries. */
@NullMarked
package io.verstak.server.audit;

import org.jspecify.annotations.NullMarked;
