import { recordNames, sealed, sealedText, type FileContent, type FileDigest } from '@ahi-dicom/export-files'
import { createSortedTexts } from '../sorting/sorted-texts.ts'
import type { SpooledContent } from '../spool/spool.ts'

/** A file of a record, and its content. */
export interface ContentOfRecord {
  readonly name: string
  readonly chunks: () => FileContent
}

/** Stores a rewritten content. */
export type Rewrite = (chunks: FileContent) => Promise<SpooledContent>

/**
 * Yields the files of a record, rewritten so that two exports of the same instances have equal records. Lines are sorted, times
 * are `time`, and the summary has no figures about the run itself. Its digests are those of the rewritten files.
 */
export async function* stableRecord(
  files: Iterable<ContentOfRecord>,
  { time, rewrite }: { readonly time: Date; readonly rewrite: Rewrite },
): AsyncGenerator<readonly [name: string, content: SpooledContent]> {
  const digests: Record<string, FileDigest> = {}
  for (const { name, chunks } of files) {
    const content = await rewrite(stableContent(name, chunks(), { time, digests }))
    digests[name] = { byteLength: content.byteLength, sha256: content.sha256 }
    // A ZIP stores entries from memory in another way than entries from files. Another run may have less memory.
    yield [name, { ...content, bytes: undefined }]
  }
}

interface Stable {
  readonly time: Date
  /** Digests of the files that were already rewritten, by name. */
  readonly digests: Readonly<Record<string, FileDigest>>
}

async function* stableContent(name: string, chunks: FileContent, { time, digests }: Stable): AsyncGenerator<Buffer> {
  if (name.endsWith('.ndjson')) {
    yield* sortedLines(chunks)
    return
  }
  const members = await readMembers(chunks)
  const stable =
    name === recordNames.summary
      ? stableSummary(members, { time, digests })
      : { ...members, ...('createdAt' in members && { createdAt: time.toISOString() }) }
  yield Buffer.from(sealedText(sealed(stable)))
}

/** Yields the lines sorted: first the lines about files, then the lines that say that all files of an instance are there. */
async function* sortedLines(chunks: FileContent): AsyncGenerator<Buffer> {
  using lines = createSortedTexts()
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) lines.add(keyOf(line), line)
  }
  for (const [, line] of lines.texts()) yield Buffer.from(`${line}\n`)
}

function keyOf(line: string): string {
  const { path }: { readonly path?: unknown } = JSON.parse(line)
  return typeof path === 'string' ? `0${path}` : '1'
}

async function readMembers(chunks: FileContent): Promise<Readonly<Record<string, unknown>>> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  const { sha256: _, ...members }: Readonly<Record<string, unknown>> = JSON.parse(Buffer.concat(parts).toString())
  return members
}

/** Returns the summary with fixed times and without network figures, which differ from run to run. */
function stableSummary({ record, ...members }: Readonly<Record<string, unknown>>, { time, digests }: Stable): object {
  const measured = { startedAt: time.toISOString(), seconds: 0, bytesFetched: 0, requests: undefined }
  const known = Object.entries(measured).filter(([name]) => name in members)
  const state = typeof record === 'object' ? record : undefined
  return { ...members, ...Object.fromEntries(known), record: { ...state, digests } }
}
