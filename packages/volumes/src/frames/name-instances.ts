const namedInMessage = 4

/** Returns instances by their UIDs for a message: the first four, and how many more there are. */
export function nameInstances(uids: readonly string[]): string {
  const more = uids.length - namedInMessage
  const list = uids.slice(0, namedInMessage).join(', ')
  return `${uids.length === 1 ? 'instance' : 'instances'} ${list}${more > 0 ? ` and ${more} more` : ''}`
}
