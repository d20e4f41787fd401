import { SeriesFileError } from '../errors.ts'

/** Begins as no file of an instance continues the path of its series: with a dot and a letter, or with `_`. */
const form = /^(?:\.[A-Za-z]|_)[\w.+-]*(?:\/[\w.+-]+)*$/

/** A name in a suffix that no file system, or not every one, takes as it is. */
const refusedName = /(?:^|\/)\.{1,2}(?:\/|$)|\.(?:\/|$)/

/**
 * Checks the suffix of a file of a series.
 *
 * @throws {SeriesFileError} SERIES_FILE_SUFFIX if no file may have it
 */
export function checkSuffix(suffix: string, format: string): void {
  if (form.test(suffix) && !refusedName.test(suffix)) return
  const message =
    `Cannot write a file of format ${format}: its suffix ${JSON.stringify(suffix.slice(0, 100))} is not allowed; a suffix ` +
    'begins with a dot and a letter, or with _, and has letters, digits, and . _ + - alone between slashes'
  throw new SeriesFileError('SERIES_FILE_SUFFIX', message, { format, suffix })
}

/**
 * Yields each stem that a file may belong to, if the rest of its path is a suffix: the longest one last. A path has as many
 * as it has dots before letters, and underscores.
 */
export function* seriesStemsOf(path: string): Generator<string> {
  for (const { index } of path.matchAll(/\.(?=[A-Za-z])|_/g)) yield path.slice(0, index)
}
