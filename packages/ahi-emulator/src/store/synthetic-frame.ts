import { framesOfInstance, recipeTransferSyntax, type Recipe } from '../synthetic/recipe.ts'
import type { CodeStream } from '../synthetic/tiled-frames.ts'
import { videoPieces } from '../synthetic/video.ts'
import type { FrameContent } from './frame-content.ts'

/** Returns a frame of a recipe, or `undefined` if the recipe has fewer frames. */
export function syntheticFrame(
  recipe: Recipe,
  index: number,
  codeStreams: () => Promise<readonly CodeStream[]>,
): FrameContent | undefined {
  const { patterns, instances, videoByteLength, seed } = recipe
  const facts = patterns[index % patterns.length]
  if (facts === undefined || index >= instances * framesOfInstance(recipe)) return undefined
  const { byteLength } = facts
  return {
    transferSyntaxUid: recipeTransferSyntax(recipe),
    byteLength,
    ...(videoByteLength === undefined
      ? codeStreamContent(byteLength, async () => (await codeStreams())[index % patterns.length]?.pieces ?? [])
      : videoContent({ seed, byteLength })),
  }
}

type Content = Pick<FrameContent, 'borrow' | 'read' | 'copy' | 'readInto' | 'stream'>

function codeStreamContent(byteLength: number, pieces: () => Promise<readonly Uint8Array<ArrayBuffer>[]>): Content {
  async function read(): Promise<Uint8Array<ArrayBuffer>> {
    const [whole, ...others] = await pieces()
    return whole !== undefined && others.length === 0 ? whole : concatenate(await pieces(), byteLength)
  }
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* await pieces()
  }
  return {
    read,
    stream,
    copy: async () => concatenate(await pieces(), byteLength),
    readInto: async (target, offset) => copyInto(target, await pieces(), offset),
    borrow: async () => ({ bytes: await read(), release: () => undefined }),
  }
}

function videoContent(video: { readonly seed: number; readonly byteLength: number }): Content {
  const copy = (): Promise<Uint8Array<ArrayBuffer>> =>
    Promise.resolve(concatenate(videoPieces(video), video.byteLength))
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* videoPieces(video)
  }
  const readInto = async (target: Uint8Array, offset: number): Promise<void> =>
    copyInto(target, videoPieces(video), offset)
  return { copy, readInto, stream, read: copy, borrow: async () => ({ bytes: await copy(), release: () => undefined }) }
}

function copyInto(target: Uint8Array, pieces: Iterable<Uint8Array>, offset: number): void {
  const end = offset + target.byteLength
  let position = 0
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(0, offset - position), Math.max(0, end - position))
    target.set(part, Math.max(0, position - offset))
    position += piece.byteLength
    if (position >= end) return
  }
}

function concatenate(pieces: Iterable<Uint8Array>, byteLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.byteLength
  }
  return bytes
}
