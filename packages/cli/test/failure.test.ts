import { AhiAccessDeniedError } from '@ahi-dicom/ahi-client'
import { expect, test } from 'vitest'
import { describeForDebugging } from '../src/failure.ts'

function described(serviceMessage: string): string {
  return describeForDebugging(new AhiAccessDeniedError('Cannot search', { serviceMessage }))
}

/** Messages of AWS's documentation: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
test.each([
  'User: arn:aws:iam::123456789012:user/mateo is not authorized to perform: medical-imaging:GetImageFrame on resource: arn:aws:medical-imaging:us-east-1:123456789012:datastore/0123456789abcdef0123456789abcdef because no identity-based policy allows the medical-imaging:GetImageFrame action',
  'User: arn:aws:sts::123456789012:assumed-role/reader/a@b.example is not authorized to perform: medical-imaging:SearchImageSets with an explicit deny in a service control policy',
])('says for debugging why AWS refused a permission: %s', (message) => {
  const [who = ''] = message.split(' because')
  expect(described(message)).toContain(`\nthe service said: ${who.split(' with an')[0]}`)
})

test.each(['DOE^JANE is not authorized', 'no frame of DOE^JANE', 'User: DOE^JANE is not authorized to perform: a:b'])(
  'says nothing else that the service said: %s',
  (message) => expect(described(message)).not.toMatch(/DOE|the service said/),
)

test('cuts what follows the sentence of AWS', () => {
  const message = 'User: arn:aws:iam::1:user/m is not authorized to perform: medical-imaging:GetImageFrame for DOE^JANE'
  expect(described(message)).toMatch(/the service said: .*GetImageFrame$/)
})
