/** Several nodes on one PostgreSQL and one bucket under load, while each of these parts fails. */
@NullMarked
package io.verstak.server.torture.nodes;

import org.jspecify.annotations.NullMarked;
