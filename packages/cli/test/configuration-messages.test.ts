import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './support/export-folder.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

const datastore = '0'.repeat(32)

/** Runs a search with these AWS configuration files and this environment. */
async function search(
  config: string,
  options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  const folder = await makeFolder()
  await mkdir(join(folder, 'sso'))
  await writeFile(join(folder, 'config'), config)
  const env = { HOME: folder, AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }
  return await runCli(['search', '--datastore-id', datastore, ...(options.args ?? [])], {
    env: { ...env, AWS_MAX_ATTEMPTS: '1', ...options.env },
  })
}

const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' }

test('a missing region names the option and the variable', async () => {
  const { exitCode, stderr } = await search('', { env: keys })
  expect(stderr).toContain(
    'the AWS region is not set; give --region, or set AWS_REGION, or region in the profile "default"',
  )
  expect(exitCode).toBe(2)
})

test('an unknown profile is named, with how to list those that there are', async () => {
  const { exitCode, stderr } = await search('[profile known]\nregion = eu-west-1\n', { args: ['--profile', 'nobody'] })
  expect(stderr).toContain('the AWS configuration files have no profile "nobody"; run aws configure list-profiles')
  expect(exitCode).toBe(7)
})

test('a credential_process that fails is named, without its arguments', async () => {
  const config = '[default]\nregion = eu-west-1\ncredential_process = /bin/false --password hunter2\n'
  const { exitCode, stderr } = await search(config)
  expect(stderr).toContain('the command of credential_process of the profile "default" failed')
  expect(stderr).toContain('run the command of credential_process in a terminal')
  expect(stderr).not.toContain('hunter2')
  expect(exitCode).toBe(7)
})

test('an SSO session that is over names the command that renews it', async () => {
  const sso = 'sso_account_id = 1\nsso_role_name = r\nsso_session = s\nregion = eu-west-1\n'
  const session = '[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://sso.test\n'
  const { exitCode, stderr } = await search(`[profile doctor]\n${sso}${session}`, { args: ['--profile', 'doctor'] })
  expect(stderr).toContain('the SSO session of the profile "doctor" has expired, or was never started')
  expect(stderr).toContain('run aws sso login --profile doctor')
  expect(exitCode).toBe(7)
})

test('a role with MFA says that there is no terminal to ask on', async () => {
  const role = '[profile doctor]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = keys\n'
  const config = `${role}mfa_serial = arn:aws:iam::1:mfa/me\n[profile keys]\naws_access_key_id = A\naws_secret_access_key = s\n`
  const { exitCode, stderr } = await search(config, { args: ['--profile', 'doctor'] })
  expect(stderr).toContain('a code of the MFA device arn:aws:iam::1:mfa/me, but standard input is not a terminal')
  expect(exitCode).toBe(7)
})

test.each([
  ['http://nowhere.invalid', 'there is no host nowhere.invalid'],
  ['http://127.0.0.1:1', 'the service cannot be reached at 127.0.0.1 (ECONNREFUSED)'],
])('the wrong endpoint %s is no matter of time', async (endpoint, words) => {
  const { exitCode, stderr } = await search('', {
    args: ['--endpoint-url', endpoint, '--region', 'us-east-1'],
    env: keys,
  })
  expect(stderr).toContain(words)
  expect(stderr).toContain('check --region (AWS_REGION), --endpoint-url and the network')
  expect(stderr).not.toMatch(/try again|<operation>/)
  expect(exitCode).toBe(7)
})

test('a sign-in page of the network says what it is, at once', async () => {
  let requests = 0
  const portal = createServer((_, response) => {
    requests += 1
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Accept the terms</html>')
  }).listen(0, '127.0.0.1')
  await once(portal, 'listening')
  const address = portal.address()
  assert(typeof address === 'object' && address !== null)
  const args = ['--endpoint-url', `http://127.0.0.1:${address.port}`, '--region', 'us-east-1']
  const { exitCode, stderr } = await search('', { args, env: { ...keys, AWS_MAX_ATTEMPTS: '' } })
  portal.close()
  expect(stderr).toContain('a web page came instead of an answer of AHI (200)')
  expect(stderr).toContain('whether a proxy, a firewall or a sign-in page of this network answers for it')
  expect(requests).toBe(3)
  expect(exitCode).toBe(7)
})

test.each([
  [
    'a role that is refused',
    403,
    'text/xml',
    '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>',
    'the role of the profile "doctor" could not be assumed: 127.0.0.1 answered 403 AccessDenied); check role_arn, and whether the role trusts this identity',
  ],
  [
    'a sign-in page for STS',
    200,
    'text/html',
    '<html>sign in</html>',
    'the AWS credentials could not be renewed: a web page came instead of an answer of 127.0.0.1 (200); check the endpoint, and whether a proxy',
  ],
])('%s says what to check', async (_, status, type, body, words) => {
  const sts = createServer((__, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  }).listen(0, '127.0.0.1')
  await once(sts, 'listening')
  const address = sts.address()
  assert(typeof address === 'object' && address !== null)
  const role = '[profile doctor]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = keys\n'
  const config = `${role}[profile keys]\naws_access_key_id = A\naws_secret_access_key = s\n`
  const env = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${address.port}` }
  const { exitCode, stderr } = await search(config, { args: ['--profile', 'doctor'], env })
  sts.close()
  expect(stderr).toContain(words)
  expect(exitCode).toBe(7)
})
