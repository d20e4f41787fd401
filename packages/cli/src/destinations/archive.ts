import { UsageError } from '../errors.ts'
import { isUrl } from '../options/folder-path.ts'
import { compressionOption, reproducibleOption, type ArchiveOptions } from './archive-options.ts'
import type { DestinationKind } from './destination-kind.ts'
import { modeOption, type ModeOptions } from './mode-option.ts'

const archiveName = /[^/\\]\.(?:zip|tar|tar\.gz|tgz)$/i

/** A ZIP or a tar. Names that end with a slash are folders. */
export const archive: DestinationKind<string, ArchiveOptions & ModeOptions> = {
  name: 'an archive',
  form: 'NAME.zip, NAME.tar, NAME.tar.gz',
  parse: (text) => (archiveName.test(text) && !isUrl(text) ? text : undefined),
  options: () => [compressionOption(), reproducibleOption(), modeOption()],
  async open(path, { compression, reproducible, mode }) {
    const isPlainTar = /\.tar$/i.test(path)
    if (isPlainTar && compression !== undefined && compression > 0) {
      throw new UsageError(`Cannot compress '${path}': a tar is not compressed; name it NAME.tar.gz`)
    }
    const { archiveDestination } = await import('@ahi-dicom/exporter-archive')
    return {
      destination: archiveDestination({ path, compression, reproducible, mode }),
      recordFile: (name) => `${name} in ${path}`,
      leftUnfinished: `${path} is unchanged: an archive is only written when it is complete`,
    }
  },
}
