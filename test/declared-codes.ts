import { listSourceStrings } from './source-strings.ts'

/** Sources that declare codes of errors and notices for users of a package. */
const declaringFile = /\/src\/(?:errors(?:\.ts|\/)|notices\.ts)/

const code = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/

/** Returns the error and notice codes that the sources of a package declare, each once, in the order of the files. */
export function declaredCodes(folder: string): string[] {
  const codes = listSourceStrings(folder)
    .filter(({ path, text }) => declaringFile.test(path) && code.test(text))
    .map(({ text }) => text)
  return [...new Set(codes)]
}
