/**
 * What a client sends its requests with, for packages that send requests to other servers: sockets that stay open,
 * proxies of the environment, certificates, failures of connections, signatures and credentials of AWS.
 *
 * @module
 */
export { ServiceFailure } from './errors/service-failure.ts'
export type { ServiceFailureOptions } from './errors/service-failure.ts'
export type { HttpAnswer } from './http/http-exchange.ts'
export type { HttpStream } from './http/http-stream.ts'
export { createHttpTransport } from './http/http-transport.ts'
export type { HttpRequest, HttpTransport, HttpTransportOptions } from './http/http-transport.ts'
export { http, https } from './http/node-http.ts'
export type { OpenedRequest } from './http/opened-request.ts'
export { onRefusedTunnel } from './http/opened-request.ts'
export { proxiesOf } from './http/proxies.ts'
export type { ProxyChoice, Target } from './http/proxies.ts'
export { createRoutes } from './http/routes.ts'
export type { Route, RouteOptions, Routes } from './http/routes.ts'
export { singleHeaders } from './http/single-headers.ts'
export { failureOfSocket, isOfOtherHost, isOfUntrusted, timedOut } from './http/socket-failure.ts'
export { readCertificates } from './http/trusted-certificates.ts'
export type { AhiCredentials } from './model/credentials.ts'
export { findAwsIdentity } from './service/aws-identity.ts'
export type { AwsIdentity, AwsIdentityOptions } from './service/aws-identity.ts'
export { certificateBundle, configuredEndpoint, readProfile } from './service/aws-profile.ts'
export type { AwsProfile, AwsService } from './service/aws-profile.ts'
export type { CredentialSource, CredentialsId } from './service/credential-source.ts'
export { encodeUri } from './service/encode-uri.ts'
export { createRequestSigner } from './service/signature.ts'
export type { RequestSigner, RequestToSign, SignerOptions } from './service/signature.ts'
export { offAbort, onAbort, untilAborted } from './timing/abort.ts'
export { createLimiter } from './timing/limiter.ts'
export type { Limiter } from './timing/limiter.ts'
