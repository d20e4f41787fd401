/** The files of the shared folder that no data store can take, and the reason code with which each is rejected. */
export const REJECTED: Readonly<Record<string, string>> = {}
