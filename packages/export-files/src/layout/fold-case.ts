/** Returns a form that is the same for all names that a file system without case or normalization takes for one. */
export function foldCase(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase()
}
