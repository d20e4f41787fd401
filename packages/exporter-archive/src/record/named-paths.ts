/** Returns the paths of the files that lines of a manifest name. */
export function namedPaths(lines: string): readonly string[] {
  return lines.split('\n').flatMap((line) => {
    if (line === '') return []
    const { path, sha256 }: { readonly path?: unknown; readonly sha256?: unknown } = JSON.parse(line)
    return typeof path === 'string' && typeof sha256 === 'string' ? [path] : []
  })
}
