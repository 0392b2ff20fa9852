/** The op log without its engine: the contract, the encoding of ops, pushes and their results, pages. */
@NullMarked
package io.verstak.server.storage.log;

import org.jspecify.annotations.NullMarked;
