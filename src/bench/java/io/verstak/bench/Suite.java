package io.verstak.bench;

/** A group of rows that are measured on servers of their own. */
interface Suite {
    void run(Workspace workspace, Plan plan, Report report) throws Exception;
}
