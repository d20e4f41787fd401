import { gunzipSync } from 'node:zlib'
import {
  GetImageFrameCommand,
  GetImageSetMetadataCommand,
  paginateSearchImageSets,
  type MedicalImagingClient,
} from '@aws-sdk/client-medical-imaging'

/** The program under test: reads every frame of a study, and knows nothing of emulators. */
export async function* readStudy(
  client: MedicalImagingClient,
  { datastoreId, studyInstanceUid }: { readonly datastoreId: string; readonly studyInstanceUid: string },
): AsyncGenerator<Uint8Array> {
  const filters = [{ operator: 'EQUAL' as const, values: [{ DICOMStudyInstanceUID: studyInstanceUid }] }]
  for await (const page of paginateSearchImageSets({ client }, { datastoreId, searchCriteria: { filters } })) {
    for (const { imageSetId } of page.imageSetsMetadataSummaries ?? []) {
      const metadata = await client.send(new GetImageSetMetadataCommand({ datastoreId, imageSetId }))
      const document = (await metadata.imageSetMetadataBlob?.transformToByteArray()) ?? new Uint8Array()
      for (const imageFrameId of frameIds(gunzipSync(document).toString())) {
        const information = { imageFrameId }
        const frame = await client.send(
          new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: information }),
        )
        yield (await frame.imageFrameBlob?.transformToByteArray()) ?? new Uint8Array()
      }
    }
  }
}

interface Metadata {
  readonly Study: {
    readonly Series: Record<
      string,
      { readonly Instances: Record<string, { readonly ImageFrames: { readonly ID: string }[] }> }
    >
  }
}

function frameIds(document: string): string[] {
  const { Study }: Metadata = JSON.parse(document)
  const instances = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances))
  return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID))
}
