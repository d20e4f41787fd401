import { SeriesFileError } from '../errors.ts'

/**
 * Matches an allowed suffix. It starts with a dot and a letter, or with `_`, as no path of an instance below the series
 * does.
 */
const form = /^(?:\.[A-Za-z]|_)[\w.+-]*(?:\/[\w.+-]+)*$/

/** Matches a suffix with a name that is not valid on every file system: `.`, `..`, or a name that ends in a dot. */
const refusedName = /(?:^|\/)\.{1,2}(?:\/|$)|\.(?:\/|$)/

/**
 * Checks the suffix of a file of a series.
 *
 * @throws {SeriesFileError} SERIES_FILE_SUFFIX if it is not allowed
 */
export function checkSuffix(suffix: string, format: string): void {
  if (form.test(suffix) && !refusedName.test(suffix)) return
  const message =
    `Cannot write a file of format ${format}: its suffix ${JSON.stringify(suffix.slice(0, 100))} is not allowed; start it ` +
    'with a dot and a letter, or with _, and use only letters, digits, . _ + - and single slashes'
  throw new SeriesFileError('SERIES_FILE_SUFFIX', message, { format, suffix })
}

/**
 * Yields each path of a series that a file may belong to, the shortest first. The rest of the file's path would be its
 * suffix, so there is one for each underscore and each dot before a letter.
 */
export function* seriesStemsOf(path: string): Generator<string> {
  for (const { index } of path.matchAll(/\.(?=[A-Za-z])|_/g)) yield path.slice(0, index)
}
