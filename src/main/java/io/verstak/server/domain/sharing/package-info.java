/** Who may open a vault besides its owner, as values. */
@NullMarked
package io.verstak.server.domain.sharing;

import org.jspecify.annotations.NullMarked;
