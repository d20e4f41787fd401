import { metrics, type Counter, type Histogram, type UpDownCounter } from '@opentelemetry/api'

/** The name of this package's spans and metrics. */
export const scopeName = '@ahi-dicom/exporter'

/** The metrics of exports, described in docs/telemetry.md. */
export interface Instruments {
  readonly instances: Counter
  readonly frames: Counter
  readonly bytesFetched: Counter
  readonly bytesWritten: Counter
  readonly decodedFrames: Counter
  readonly decodeSeconds: Counter
  readonly failures: Counter
  readonly jobSeconds: Histogram
  readonly queue: UpDownCounter
}

/** Creates the metrics. Call it for every job: a meter created before an SDK is registered never reports to it. */
export function createInstruments(): Instruments {
  const meter = metrics.getMeter(scopeName)
  return {
    instances: meter.createCounter('ahi_dicom.export.instances', {
      unit: '{instance}',
      description: 'Instances that are done',
    }),
    frames: meter.createCounter('ahi_dicom.export.frames', {
      unit: '{frame}',
      description: 'Frames received, each counted once',
    }),
    bytesFetched: meter.createCounter('ahi_dicom.export.fetched', {
      unit: 'By',
      description: 'Bytes of frames received, repeated requests included',
    }),
    bytesWritten: meter.createCounter('ahi_dicom.export.written', {
      unit: 'By',
      description: 'Bytes of written files',
    }),
    decodedFrames: meter.createCounter('ahi_dicom.export.decoded', {
      unit: '{frame}',
      description: 'Frames decoded, again or for the first time',
    }),
    decodeSeconds: meter.createCounter('ahi_dicom.export.decode.time', {
      unit: 's',
      description: 'Time that decoding took, summed over all threads',
    }),
    failures: meter.createCounter('ahi_dicom.export.failures', {
      unit: '{failure}',
      description: 'Failures of items, by code',
    }),
    jobSeconds: meter.createHistogram('ahi_dicom.export.duration', { unit: 's', description: 'Duration of exports' }),
    queue: meter.createUpDownCounter('ahi_dicom.export.queue', {
      unit: '{instance}',
      description: 'Instances that lanes have and that are not done',
    }),
  }
}
