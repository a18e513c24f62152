/** The exit statuses of the commands that read from a node. */
export const EXIT_STATUS = `
Exit status:
  0  found
  1  the node has no such thing, or its answer is not valid
  2  wrong usage, an ambiguous id, or no node to be reached
`;
