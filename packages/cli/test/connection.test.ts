import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectionSettings } from '../src/connection.ts'
import { makeFolder } from './support/export-folder.ts'

const options = { logLevel: 'info', progress: true } as const
const noFiles = { AWS_SHARED_CREDENTIALS_FILE: '/nowhere', AWS_CONFIG_FILE: '/nowhere' }
const dummy = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

describe('without an endpoint', () => {
  test('everything is left to the AWS chain', () => {
    expect(connectionSettings(options, noFiles)).toEqual({})
  })

  test('profile, region and attempts are handed on', () => {
    const env = { ...noFiles, AWS_DEFAULT_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '3' }
    expect(connectionSettings({ ...options, profile: 'p' }, env)).toEqual({
      profile: 'p',
      region: 'eu-west-1',
      maxAttempts: 3,
    })
    expect(connectionSettings({ ...options, region: 'us-west-2' }, env)).toMatchObject({ region: 'us-west-2' })
  })
})

describe('with an endpoint', () => {
  test.each(['ftp://user:hunter2@ahi.test', 'user:hunter2@ahi.test:80', 'http://u:hunter2@:x'])(
    '%s, which is none, its password is not shown',
    (endpointUrl) => {
      expect(() => connectionSettings({ ...options, endpointUrl }, noFiles)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      )
    },
  )

  test.each([
    'http://localhost:9000',
    'http://ahi.localhost',
    'http://127.0.0.1:1',
    'http://127.8.9.10',
    'http://[::1]:9',
  ])('%s is this machine: dummy credentials and region stand in', (endpointUrl) => {
    expect(connectionSettings({ ...options, endpointUrl }, noFiles)).toEqual({
      endpoint: endpointUrl,
      region: 'us-east-1',
      credentials: dummy,
    })
  })

  test.each(['https://medical-imaging.us-east-1.amazonaws.com', 'http://localhost.example.org', 'http://10.127.0.1'])(
    '%s is another machine: nothing is made up',
    (endpointUrl) => {
      expect(connectionSettings({ ...options, endpointUrl }, noFiles)).toEqual({ endpoint: endpointUrl })
    },
  )

  test('the environment names it as for the AWS CLI', () => {
    const env = {
      ...noFiles,
      AWS_ENDPOINT_URL: 'https://a.example',
      AWS_ENDPOINT_URL_MEDICAL_IMAGING: 'https://b.example',
    }
    expect(connectionSettings(options, env)).toEqual({ endpoint: 'https://b.example' })
    expect(connectionSettings(options, { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toEqual({})
  })
})

describe('credentials that are set up are used for this machine too', () => {
  const endpointUrl = 'http://127.0.0.1:1'

  test.each(['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'])('by %s', (name) => {
    expect(connectionSettings({ ...options, endpointUrl }, { ...noFiles, [name]: 'x' })).not.toHaveProperty(
      'credentials',
    )
  })

  test.each([
    ['[default]\naws_access_key_id = x\n', true],
    ['[other]\naws_access_key_id = x\n', false],
    ['[default]\nregion = x\n[other]\naws_access_key_id = x\n', false],
    ['[profile other]\nregion = x\n[default]\nregion = y\nsso_session = z', true],
  ])('by the default profile of %j: %s', async (content, found) => {
    const folder = await makeFolder()
    await mkdir(join(folder, '.aws'))
    const path = join(folder, '.aws', 'config')
    await writeFile(path, content)
    const settings = connectionSettings({ ...options, endpointUrl }, { ...noFiles, AWS_CONFIG_FILE: path })
    expect('credentials' in settings).toBe(!found)
  })
})
