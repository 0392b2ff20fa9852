/** Users' vaults: lists, figures and exports. */
@NullMarked
package io.verstak.server.vault;

import org.jspecify.annotations.NullMarked;
