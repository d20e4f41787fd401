/** Returns the file paths in lines of a manifest. */
export function namedPaths(lines: string): readonly string[] {
  return lines.split('\n').flatMap((line) => {
    if (line === '') return []
    const { path, sha256 }: { readonly path?: unknown; readonly sha256?: unknown } = JSON.parse(line)
    return typeof path === 'string' && typeof sha256 === 'string' ? [path] : []
  })
}
