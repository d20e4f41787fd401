import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pageName } from '@ahi-dicom/export-files'
import { writeAtomically } from '@ahi-dicom/exporter-fs'
import { encodeReport, type ReportCounts } from '@ahi-dicom/report-page'
import type { CommandContext } from '../command-context.ts'
import type { OpenOutput } from '../destinations/destination-kind.ts'
import type { NamedDestination } from '../destinations/destination-kinds.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { limitGarbage } from '../limit-garbage.ts'
import { isPage } from '../page-file.ts'
import { formatBytes, formatCount } from '../quantities.ts'

/** Options of `report`. */
export interface ReportOptions extends DestinationOptions {
  /** Path of the page. */
  readonly out?: string
  readonly withPatientData?: true
}

/** Writes a page about an export. */
export async function report(
  named: NamedDestination,
  { out, withPatientData, ...options }: ReportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  limitGarbage()
  const output = await named.open(options, context)
  const { destination } = output
  const path = await pagePath(out, output, named)
  const none = { series: 0, instances: 0, files: 0, bytes: 0, thumbnails: 0, unread: 0 }
  using progress = context.startProgress()
  let counts: ReportCounts = none
  const onSeries = (current: ReportCounts): void => {
    counts = { ...current }
    progress.update({
      instances: { done: counts.series, total: counts.series, failed: 0 },
      isTotalKnown: false,
      frames: { done: 0, total: 0 },
      bytesFetched: 0,
      noun: 'series',
    })
  }
  const linkBase = output.directory === undefined ? undefined : linkBetween(path, output.directory)
  const page = encodeReport({ destination, withPatientData, linkBase, signal, onSeries })
  const { byteLength } = await writeAtomically(path, page, { signal })
  progress.clear()
  const { series, instances, files, thumbnails, unread } = counts
  if (global.json === true) {
    await printJsonLine(terminal, {
      kind: 'page',
      file: path,
      byteLength,
      series,
      instances,
      files,
      thumbnails,
      unread,
    })
  } else if (global.quiet !== true) {
    const facts = [formatCount(instances, 'instance'), formatCount(files, 'file'), formatBytes(byteLength)]
    await terminal.print(`${series} series, ${facts.join(', ')}\nwritten to ${path}\n`)
  }
  return exitCodes.ok
}

/** Returns the path of the page. Refuses to replace a file that `report` did not write. */
async function pagePath(
  out: string | undefined,
  { directory }: OpenOutput,
  { kind }: NamedDestination,
): Promise<string> {
  if (out === undefined && directory === undefined) {
    throw new UsageError(`Cannot write the page into ${kind.name}: name a local file with --out FILE`)
  }
  const path = out ?? join(directory ?? '', pageName)
  const refused = (why: string): UsageError => new UsageError(`Cannot write the page to '${path}': ${why}`)
  if (path === '' || /[/\\]$/u.test(path)) throw refused('it is not the name of a file; give a name such as page.html')
  if (out !== undefined && /^[a-z][a-z0-9+.-]+:/iu.test(out)) {
    throw refused('it is a URL; name a local file')
  }
  if (directory !== undefined && (await isInside(path, directory))) {
    throw refused(`in the folder of the export only ${pageName} is allowed; leave out --out, or name a file elsewhere`)
  }
  // The page is renamed to its path, which would replace a device, a pipe or a file of an export.
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) throw refused('it is not a regular file; name a file')
  if (found !== undefined && !(await isPage(path))) {
    throw refused('another file is there; move it, or name another file with --out FILE')
  }
  return path
}

/** Returns true if a path is in the folder of the export and is not the path of its page. */
async function isInside(path: string, directory: string): Promise<boolean> {
  const folder = await realPath(directory)
  const within = relative(folder, join(await realPath(dirname(path)), basename(path)))
  return within !== pageName && within !== '..' && !within.startsWith(`..${sep}`) && !isAbsolute(within)
}

/** Returns the path with symbolic links resolved, or the absolute path if it does not exist. */
async function realPath(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path))
}

/** Returns the URL of the folder relative to the page. On Windows, a folder on another drive has an absolute URL. */
function linkBetween(page: string, directory: string): string {
  const from = dirname(resolve(page))
  const path = relative(from, resolve(directory))
  if (path === '') return ''
  if (resolve(from, path) === path) return `${pathToFileURL(path).href}/`
  return `${path.split(sep).map(encodeURIComponent).join('/')}/`
}
