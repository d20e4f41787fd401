/**
 * Returns whether a run may go to a destination: to one of those that are accepted, or below one. All of them are names by which
 * every machine knows the place, so that no `..` leads out.
 */
export function isAccepted(destination: string, accepted: readonly string[] | undefined): boolean {
  if (accepted === undefined) return true
  return accepted.some((place) => {
    const folder = /[/\\]$/.test(place) ? place : `${place}/`
    return destination === place || destination.replaceAll('\\', '/').startsWith(folder.replaceAll('\\', '/'))
  })
}
