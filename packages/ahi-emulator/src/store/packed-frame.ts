import type { FrameContent } from './frame-content.ts'
import type { FrameLocation } from './image-sets.ts'
import type { PackReader } from './pack-reader.ts'

/** Returns a frame that an import wrote to a pack. */
export function packedFrame(location: FrameLocation, packs: PackReader): FrameContent {
  const { transferSyntaxUid, byteLength } = location
  return {
    transferSyntaxUid,
    byteLength,
    borrow: () => packs.read(location),
    read: () => packs.readCopy(location),
    copy: () => packs.readCopy(location),
    readInto: (target, offset) => packs.readInto(target, { ...location, byteOffset: location.byteOffset + offset }),
    stream: () => packs.stream(location),
  }
}
