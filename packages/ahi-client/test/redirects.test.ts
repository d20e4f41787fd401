import { describe, expect, test } from 'vitest'

import { collected, frame, imageSet, instance, rejection, testClient } from './fixtures.ts'
import { type Answer, json, scriptedService } from './scripted-service.ts'

function redirect(status: number, location: string): Answer {
  return (response) => response.writeHead(status, { location }).end()
}

describe.each([301, 302, 303, 307, 308])('a redirect by %i', (status) => {
  test.each([
    ['to another host', (other: string) => `${other}/stolen`],
    ['to the same host', () => '/elsewhere'],
    ['that names a host only', (other: string) => other.replace('http:', '')],
  ])('%s is not followed, and no credentials are sent', async (_, location) => {
    await using other = await scriptedService(json({}))
    await using service = await scriptedService(redirect(status, location(other.endpoint)))
    await using client = testClient(service.endpoint, { maxAttempts: 1 })
    const errors = [
      await rejection(client.getImageFrame(frame)),
      await rejection(client.streamImageFrame(frame)),
      await rejection(client.getDICOMInstance(instance)),
      await rejection(client.getImageSetMetadata(imageSet)),
      await rejection(collected(client.searchImageSets(imageSet))),
      await rejection(collected(client.listDatastores())),
    ]
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'AHI_RESPONSE', statusCode: status, retryable: false })
      expect(String(error)).toContain('redirects to another address, which is never followed; check the endpoint')
      expect(String(error)).not.toContain('stolen')
    }
    expect(other.requests).toEqual([])
    expect(service.requests).toHaveLength(errors.length)
    expect(service.requests.map(({ url }) => url)).not.toContain('/elsewhere')
  })
})
