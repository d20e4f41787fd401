import { recordNames, sealed, sealedText, type FileContent, type FileDigest } from '@ahi-dicom/export-files'
import { createSortedTexts } from '../sorting/sorted-texts.ts'
import type { SpooledContent } from '../spool/spool.ts'

/** A file of a record, and its content. */
export interface ContentOfRecord {
  readonly name: string
  readonly chunks: () => FileContent
}

/** Makes contents of files that are written anew. */
export type Rewrite = (chunks: FileContent) => Promise<SpooledContent>

/**
 * Yields the files of a record so that those of two exports of the same are alike: lines are sorted, times are `time`, and
 * the summary says nothing of how the run went. It vouches for the files as they are then.
 */
export async function* stableRecord(
  files: Iterable<ContentOfRecord>,
  { time, rewrite }: { readonly time: Date; readonly rewrite: Rewrite },
): AsyncGenerator<readonly [name: string, content: SpooledContent]> {
  const digests: Record<string, FileDigest> = {}
  for (const { name, chunks } of files) {
    const content = await rewrite(stableContent(name, chunks(), { time, digests }))
    digests[name] = { byteLength: content.byteLength, sha256: content.sha256 }
    // How a ZIP has an entry depends on whether it is in memory, which another run may have had less of.
    yield [name, { ...content, bytes: undefined }]
  }
}

interface Stable {
  readonly time: Date
  /** Those of the files before. */
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

/** Lines about files come first: others say that all of them are there. */
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

/** Requests and bytes that were fetched tell of the network, not of what is exported. */
function stableSummary({ record, ...members }: Readonly<Record<string, unknown>>, { time, digests }: Stable): object {
  const measured = { startedAt: time.toISOString(), seconds: 0, bytesFetched: 0, requests: undefined }
  const known = Object.entries(measured).filter(([name]) => name in members)
  const state = typeof record === 'object' ? record : undefined
  return { ...members, ...Object.fromEntries(known), record: { ...state, digests } }
}
