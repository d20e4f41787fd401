/**
 * Returns true if a destination is accepted or is below an accepted one. All of them are full paths or bucket URLs, so `..`
 * cannot lead out of them.
 */
export function isAccepted(destination: string, accepted: readonly string[] | undefined): boolean {
  if (accepted === undefined) return true
  return accepted.some((place) => {
    const folder = /[/\\]$/.test(place) ? place : `${place}/`
    return destination === place || destination.replaceAll('\\', '/').startsWith(folder.replaceAll('\\', '/'))
  })
}
