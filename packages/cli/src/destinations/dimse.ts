import { Option } from 'commander'
import { wholeNumber } from '../options/option-values.ts'
import type { DestinationKind } from './destination-kind.ts'
import { parseEntity, type ApplicationEntity } from './application-entity.ts'
import { openRecordFolder, recordOption, type RecordOptions } from './record-option.ts'
import { readTlsFiles, tlsOptions, type TlsOptions } from './tls-options.ts'
import { UsageError } from '../errors.ts'

/** Options of a DICOM application entity. */
export interface DimseOptions extends TlsOptions, RecordOptions {
  /** Number of simultaneous associations in each thread. */
  readonly outAssociations?: number
}

/** A DICOM application entity, such as a PACS. Instances are sent by C-STORE. */
export const dimse: DestinationKind<ApplicationEntity, DimseOptions> = {
  name: 'a DICOM application entity',
  form: 'dicom://[CALLING@]CALLED@HOST:PORT',
  parse: parseEntity,
  options: () => [
    new Option('--out-associations <n>', 'simultaneous associations in each thread (default: 2)').argParser(
      wholeNumber('--out-associations', { from: 1, to: 64 }),
    ),
    ...tlsOptions(),
    recordOption(),
  ],
  async open({ isEncrypted, ...entity }, options) {
    const files = await readTlsFiles(options)
    if (files !== undefined && !isEncrypted) {
      throw new UsageError('Cannot use --out-ca, --out-cert or --out-key without TLS: give dicoms:// as destination')
    }
    const { dimseDestination } = await import('@ahi-dicom/exporter-dimse')
    const { record, recordFile } = await openRecordFolder(options)
    const tls = isEncrypted ? (files ?? true) : undefined
    return {
      destination: dimseDestination({ ...entity, tls, record, associations: options.outAssociations }),
      recordFile,
    }
  },
}
