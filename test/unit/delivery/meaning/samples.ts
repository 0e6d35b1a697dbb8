/** Replies as servers give them, by the entry of the table that they are for. */
import type { Reply } from '../../../../app/mail/reply.ts'

export const ownSamples: Readonly<Record<string, readonly string[]>> = {
  'own-dane-unproved': [
    "451 4.7.5 the DNS doesn't say which certificate mx.partner.example must have (DANE, ETIMEOUT)",
  ],
  'own-dane-differs': [
    '454 4.7.5 no safe TLS connection to mx.partner.example:25 (its certificate is none that the DNS names (DANE))',
  ],
  'own-inside': [
    '550 5.4.4 10.1.1.4 is inside a private network, where no mail is sent directly',
    '550 5.4.4 the DNS sends mail for partner.example to 10.1.1.4, which is inside a private network: only a route that names partner.example sends it there',
  ],
  'own-dkim-key': [
    '454 4.7.0 the key "dkim-example.com" that signs mail of example.com isn\'t in the secret store, or can\'t be read: make or import it with  postern dkim, or switch the signing off',
  ],
  'own-header-long': [
    '554 5.6.0 the header of the message is longer than 1 MB, so that its sender can be neither changed nor signed',
  ],
  'own-connection-closed': ['451 4.4.2 the connection to smtp.provider.example:587 had been closed'],
  'own-no-tls': [
    "454 4.7.5 smtp.provider.example:25 offers no TLS, and the route doesn't send without it: check the port, or the route's encryption",
    "454 4.7.5 smtp.provider.example:25 offers no TLS (502 5.5.1 Unrecognized command), and the route doesn't send without it: check the port, or the route's encryption",
  ],
  'own-no-tls-password': ['454 4.7.0 10.1.1.4:25 offers no TLS, and a password is not sent without it'],
  'own-tls-first': [
    "454 4.7.5 smtp.provider.example:587 doesn't begin with TLS: check the port, or set the route's encryption to starttls-required",
  ],
  'own-tls-unsafe': [
    '454 4.7.5 no safe TLS connection to mail.office.example:465 (self-signed certificate): check its certificate, or trust it in the route',
  ],
  'own-trust-unreadable': ["454 4.7.5 the certificate file /etc/office.pem of the route can't be read"],
  'own-connection-refused': [
    '451 4.4.1 10.1.1.4:25 refused the connection: check that its mail service runs, and the port',
  ],
  'own-unreachable': ["451 4.4.1 10.1.1.4:25 can't be reached: check the network between here and there"],
  'own-name-unknown': [
    "451 4.4.3 the name of smtp.provder.example:587 isn't found: check it, and this machine's DNS",
  ],
  'own-no-answer': ["451 4.4.1 smtp.provider.example:25 didn't answer in time"],
  'own-no-smtp': [
    "451 4.5.0 www.provider.example:80 doesn't speak SMTP as it should: check the host and the port",
  ],
  'own-broke-off': [
    '454 4.7.5 no safe TLS connection to mx.partner.example:25 (the connection to mx.partner.example:25 broke off (read ECONNRESET))',
    '451 4.4.2 the connection to smtp.provider.example:587 broke off (read ECONNRESET)',
  ],
  'own-garbled': ['451 4.5.0 the next hop gave an answer that makes no sense in SMTP'],
  'own-dns-silent': ["451 4.4.3 the DNS doesn't say where mail for partner.example goes (ETIMEOUT)"],
  'own-no-domain': ['550 5.1.2 there is no domain partnr.example that takes mail: check the address'],
  'own-no-exchanger': [
    '550 5.4.4 the mail exchangers of partner.example have no address that mail can be sent to',
  ],
  'own-null-mx': ['556 5.1.10 noreply.example takes no mail: its DNS says so (null MX)'],
  'own-mail-loop': [
    '554 5.4.6 the mail exchanger of example.com (mail.example.com) is this server itself, and there is no better one: add example.com to the local domains, or give it another way out',
  ],
  'own-mta-sts': [
    '451 4.7.5 mx.evil.example: no mail exchanger that the policy of partner.example permits (MTA-STS)',
  ],
  'own-log-on-refused': [
    "454 4.7.0 smtp.provider.example:587 didn't let office log on: check the user name, and set the password again",
    "454 4.7.0 smtp.provider.example:587 didn't let office log on (535 5.0.1 nix da): check the user name, and set the password again",
  ],
  'own-log-on-later': [
    "454 4.7.0 smtp.provider.example:587 can't let office log on at the moment (454 4.0.1 later)",
  ],
  'own-log-on-needed': [
    '454 4.7.0 smtp.provider.example:587 takes mail only after a log-on (530 5.0.1 no): give the route a login',
  ],
  'own-password-missing': [
    '454 4.7.0 the password "provider" isn\'t in the secret store: set it with  postern secret set provider',
  ],
  'own-no-token-log-on': [
    '454 4.7.0 smtp.provider.example:587: it offers no log-on with a token (XOAUTH2 or OAUTHBEARER)',
  ],
  'own-no-server': ['451 4.4.4 the route names no host'],
  'own-too-large': ['552 5.3.4 the message is larger than the next hop takes'],
  'own-no-smtputf8': ['553 5.6.7 the next hop takes no addresses with characters beyond ASCII (SMTPUTF8)'],
  'own-unwritable': [
    '553 5.1.3 this version sends no addresses that hold "<" or ">"',
    '554 5.1.3 the stored address is not in canonical form and was not sent',
  ],
  'own-disk-full': [
    "452 4.3.1 The disk is full: Postern can't write to the mailbox of fred until space is freed.",
  ],
  'own-disk-trouble': ["452 4.3.1 Postern can't write a report to the sender: EIO: i/o error, write."],
  'own-damaged': ['554 5.3.0 the message was damaged on the disk of this server'],
  'own-no-account': ['550 5.1.1 there is no account fred any more'],
  'own-greeting-refused': ['451 4.4.1 mx.partner.example:25 answered 554 go away'],
}

export const saidSamples: Readonly<Record<string, readonly string[]>> = {
  'microsoft-basic-auth-retired': ['550 5.7.30 Basic authentication is not supported for Client Submission.'],
  'microsoft-smtp-auth-off-tenant': [
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [BN0PR04CA0011.namprd04.prod.outlook.com]',
  ],
  'microsoft-smtp-auth-off-mailbox': [
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.',
  ],
  'microsoft-basic-auth-off': ['535 5.7.139 Authentication unsuccessful, basic authentication is disabled.'],
  'microsoft-security-defaults': [
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
  ],
  'microsoft-criteria': [
    '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.',
  ],
  'microsoft-credentials': ['535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.'],
  'microsoft-federation': [
    '535 5.7.139 Authentication unsuccessful, federated STS service was unreachable.',
    '535 5.7.139 Authentication unsuccessful, the federated STS URL does not support HTTPS.',
  ],
  'microsoft-sign-in-refused': [
    '535 5.7.139 Authentication unsuccessful, user is locked by your organization policy. [AM0PR01CA0001.eurprd01.prod.outlook.com]',
  ],
  'microsoft-sign-in-failed': [
    '535 5.7.3 Authentication unsuccessful [BN6PR03CA0021.namprd03.prod.outlook.com]',
  ],
  'microsoft-not-signed-in': [
    '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [AM6PR0732BE0065.eurprd07.prod.outlook.com]',
    '530 5.7.57 Client not authenticated to send mail. [BN1P110CA0052.NAMP110.PROD.OUTLOOK.COM]',
  ],
  'microsoft-old-tls': [
    '421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2. Visit https://aka.ms/smtp_auth_tls.',
  ],
  'microsoft-send-as': [
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    '554 5.2.252 SendAsDenied; alerts@contoso.com not allowed to send as boss@contoso.com; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception',
    '554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message.',
    '550 5.7.1 Client does not have permissions to send as this sender',
  ],
  'microsoft-throttled-send-as': ['550 5.2.252 Sender throttled due to continuous send as denied errors.'],
  'microsoft-throttled-full': ['550 5.2.251 Sender throttled due to continuous mailbox full errors.'],
  'microsoft-throttled': [
    '550 5.2.253 Sender throttled due to continuous invalid license errors.',
    '550 5.2.254 Sender throttled due to continuous too many recipients errors.',
    '550 5.2.255 Sender throttled due to continuous invalid recipients errors.',
  ],
  'microsoft-own-mailbox-full': [
    '554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
  ],
  'microsoft-connections': [
    '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.',
    '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded',
  ],
  'microsoft-daily-limit': [
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    '550 5.2.2 Submission quota exceeded',
  ],
  'microsoft-blocked-sender': [
    '550 5.1.8 Access denied, bad outbound sender. For more information please go to http://go.microsoft.com/fwlink/?LinkId=875724. AS(42004)',
  ],
  'microsoft-tenant-limit': [
    '550 5.7.705 Service unavailable. Access denied, tenant has exceeded threshold. AS(7220)',
  ],
  'microsoft-tenant-address': [
    '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653 AS(7230)',
  ],
  'microsoft-unregistered-domain': [
    '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains',
  ],
  'microsoft-connector': [
    '550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of connection]',
  ],
  'microsoft-own-block-list': [
    "550 5.7.703 Your message can't be delivered because messages to jo@partner.example are blocked by your organization using Tenant Allow Block List.",
  ],
  'microsoft-recipient-busy': ['432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded'],
  'microsoft-access-limit': [
    '451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (AS761)',
    '451 4.7.650 Access denied, please try again later',
    '451 4.7.860 Access denied, please try again later',
  ],
  'microsoft-rate-reputation': [
    '451 4.7.650 The mail server [192.0.2.5] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)',
  ],
  'microsoft-banned-address': [
    '550 5.7.606 Access denied, banned sending IP [203.0.113.9]. To request removal from this list please visit https://sender.office.com/ and follow the directions. For more information please go to http://go.microsoft.com/fwlink/?LinkID=526655 (AS16012609)',
    '550 5.7.511 Access denied, banned sender[203.0.113.9]. To request removal from this list please forward this message to delist@microsoft.com',
  ],
  'microsoft-no-reverse-name': [
    '550 5.7.25 Access denied, the sending IPv6 address [2001:db8::240] must have a reverse DNS record',
  ],
  'microsoft-ipv6-unsigned': [
    '450 4.7.26 Access denied, a message sent over IPv6 [2001:db8::240] must pass either SPF or DKIM validation, this message is not signed',
  ],
  'microsoft-bad-hello': ['550 5.7.506 Access Denied, Bad HELO'],
  'microsoft-blocked-by-recipient': [
    '550 5.7.507 Access denied, rejected by recipient',
    '550 5.7.513 Service unavailable, Client host [203.0.113.9] blocked by partner.example using Customer Block list (AS16012607)',
  ],
  'microsoft-range-limit': [
    '550 5.7.508 Access denied, [2001:db8::1] has exceeded permitted limits within /64 range',
  ],
  'microsoft-dmarc': [
    '550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC verification and has a DMARC policy of reject.',
  ],
  'microsoft-no-ipv6': ['550 5.7.510 Access denied, [contoso.com] does not accept email over IPv6'],
  'microsoft-no-from': ['550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant'],
  'microsoft-authentication-level': [
    '550 5.7.515 Access denied, sending domain EXAMPLE.COM does not meet the required authentication level.',
  ],
  'microsoft-spf': ['550 5.7.23 The message was rejected because of Sender Policy Framework violation'],
  'microsoft-banned-account': [
    '550 5.7.501 Service unavailable. Access denied, spam abuse detected',
    '550 5.7.502 Access denied, banned sender',
    '550 5.7.503 Access denied, banned sender',
  ],
  'microsoft-no-recipient': [
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jo@contoso.com not found by SMTP address lookup',
    '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DM6NAM11FT012.eop-nam11.prod.protection.outlook.com]',
    '550 5.7.504 [jo@contoso.com]: Recipient address rejected: Access denied',
  ],
  'microsoft-domain-elsewhere': ['550 5.4.1 Relay Access Denied'],
  'microsoft-loop': [
    '554 5.4.14 Hop count exceeded - possible mail loop ATTR34',
    '554 5.4.6 Routing loop detected',
  ],
  'microsoft-inside-only': [
    '550 5.7.12 RESOLVER.RST.AuthRequired; sender was not authenticated by organization',
    '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group',
    '550 5.7.124 RESOLVER.RST.NotAuthorizedForGroup; sender not in allowed-senders list',
  ],
  'microsoft-hourly-limit': [
    "550 5.2.121 Recipient's per hour message receive limit from specific sender exceeded",
    "550 5.2.122 Recipient's per hour message receive limit exceeded",
  ],
  'microsoft-bare-line-feed': [
    '550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA',
  ],
  'microsoft-banned-domain': ['550 5.7.800 Access denied, banned sender'],
  'microsoft-policy-as345': [
    '550 5.0.350 Remote server returned an error -> 550 Requested action not taken: policy violation detected (AS345)',
  ],
  'outlook-block-list': [
    "550 5.7.1 Unfortunately, messages from [11.22.33.44] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
    "550 5.7.1 Unfortunately, messages from [11.22.33.44] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
  ],
  'outlook-rate': ["421 RP-001 (BAY004-MC1F13) Unfortunately, some messages from 192.0.2.5 weren't sent."],
  'outlook-dynamic': [
    "550 DY-001 (BAY004-MC1F13) Unfortunately, messages from 192.0.2.5 weren't sent. We generally do not accept email from dynamic IP's",
  ],
  'outlook-policy': [
    "550 SC-001 (BAY004-MC4F49) Unfortunately, messages from 192.0.2.5 weren't sent.",
    '550 OU-002 (SNT004-MC2F37) rejected',
  ],
  'exchange-back-pressure': ['452 4.3.1 Insufficient system resources'],
  'exchange-unable-to-relay': [
    '550 5.7.1 Unable to relay',
    '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
  ],
  'exchange-not-signed-in': ['530 5.7.1 Client was not authenticated'],
  'exchange-submission-rate': [
    '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
  ],
  'exchange-rule': ['550 5.7.900 Delivery not authorized, message refused'],
  'google-credentials': [
    '535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials lf4-20020a170902fb44sm4794plb.2999 - gsmtp',
  ],
  'google-app-password': [
    '534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp',
  ],
  'google-browser': [
    '534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via your web browser and then try again.\r\n534 5.7.14 Learn more at https://support.google.com/mail/answer/78754 - gsmtp',
    "534 5.7.14 Please log in through your web browser and then try again. For more information, go to Can't sign in to your Google Account.",
  ],
  'google-too-many-log-ons': ['454 4.7.0 Too many login attempts, please try again later. - gsmtp'],
  'google-sign-in-needed': [
    '530-5.5.1 Authentication Required. Learn more at\r\n530 5.5.1  https://support.google.com/mail/?p=WantAuthError - gsmtp',
    '530 5.7.0 Authentication required. For more information, go to https://support.google.com/mail/?p=WantAuthError - gsmtp',
  ],
  'google-xoauth-old': ['504 5.7.40 XOAUTH is no longer supported. - gsmtp'],
  'google-relay-denied': [
    "550 5.7.0 Mail relay denied [203.0.113.9]. Invalid credentials for relay for one of the domains in: example.com (as obtained from HELO and MAIL FROM). Email is being sent from a domain or IP address which isn't registered in your Workspace account. - gsmtp",
  ],
  'google-relay-suspended': [
    '550 5.7.0 Email relay denied [203.0.113.9]. The sending email account has been temporarily suspended due to abuse. - gsmtp',
  ],
  'google-relay-credentials': [
    "550 5.7.1 Invalid credentials for relay [203.0.113.9]. The IP address you've registered in your Workspace SMTP Relay service doesn't match the domain of the account this email is being sent from. - gsmtp",
  ],
  'google-sending-denied': [
    '550 5.7.0 Mail Sending denied. This error occurs if the sender account is disabled or not registered within your Google Workspace domain. - gsmtp',
  ],
  'google-daily-limit': [
    '550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852 - gsmtp',
    '550 5.4.5 Daily sending quota exceeded. - gsmtp',
    '550 5.7.1 Daily SMTP relay sending limit exceeded for this customer. - gsmtp',
  ],
  'google-peak-limit': [
    '450 4.2.1 Peak SMTP relay limit exceeded for this customer. This is a temporary error. - gsmtp',
  ],
  'google-recipients': [
    '550 5.5.3 Too many recipients for this sender. - gsmtp',
    "452 4.5.3 Your message has too many recipients. For more information regarding Google's sending limits, go to https://support.google.com/mail/?p=TooManyRecipientsError - gsmtp",
  ],
  'google-one-domain': [
    '451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again. - gsmtp',
  ],
  'google-dmarc': [
    "550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's\r\n550-5.7.26 DMARC policy. Please contact the administrator of example.com domain.\r\n550 5.7.26 a22si5387311pfc.217 - gsmtp",
    "550 5.7.1 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. - gsmtp",
  ],
  'google-spf-fail': [
    '550 5.7.26 The MAIL FROM domain [example.com] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [203.0.113.9]. - gsmtp',
  ],
  'google-unauthenticated': [
    '550 5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM. - gsmtp',
    '550-5.7.1 This message does not have authentication information or fails to pass\r\n550 5.7.1 authentication checks. u16si2087533wru.356 - gsmtp',
  ],
  'google-spf': [
    "550 5.7.27 This message was blocked because it didn't pass SPF authentication. Gmail requires bulk email senders to authenticate their email with SPF. - gsmtp",
    "421 4.7.27 Your email has been rate limited because SPF authentication didn't pass for this message. - gsmtp",
  ],
  'google-spf-suspicious': [
    '451 4.7.24 The SPF record of the sending domain has one or more suspicious entries. - gsmtp',
  ],
  'google-dkim': [
    "550 5.7.30 This message was blocked because it didn't pass DKIM authentication. Gmail requires bulk email senders to authenticate their email with DKIM. - gsmtp",
  ],
  'google-alignment': [
    "421 4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn't aligned with either the authenticated SPF or DKIM organizational domain. - gsmtp",
  ],
  'google-no-dmarc': [
    "550 5.7.40 Your message was blocked because the sending domain doesn't have a DMARC record or the DMARC record doesn't specify a DMARC policy. - gsmtp",
  ],
  'google-no-reverse-name': [
    "550 5.7.25 This message was blocked because the sending IP address doesn't have a PTR record, or the forwarding DNS entry doesn't reference the sending IP address. - gsmtp",
    '550 5.7.1 This message does not meet IPv6 sending guidelines regarding PTR records and authentication. - gsmtp',
    "451 4.7.23 The sending IP address for this message doesn't have a PTR record, or the PTR record's forward DNS entry doesn't match the sending IP address. - gsmtp",
  ],
  'google-rate': [
    '421 4.7.28 Gmail has detected an unusual rate of unsolicited email originating from your IP address. To protect our users from spam, email sent from your IP address has been temporarily rate limited. - gsmtp',
    '550 5.7.28 There is an unusual rate of unsolicited email originating from your IP address. - gsmtp',
  ],
  'google-reputation': [
    '550 5.7.1 [2001:db8::3 19] Gmail has detected that this message is likely suspicious due to the very low reputation of the sending domain. To best protect our users from spam, the message has been blocked. - gsmtp',
  ],
  'google-looks-like-spam': [
    '550 5.7.1 [203.0.113.25 12] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked. - gsmtp',
  ],
  'google-tls': ["550 5.7.29 This message was blocked because it wasn't sent over a TLS connection. - gsmtp"],
  'google-tls-recipient': ['421 4.7.0 TLS required for RCPT domain, closing connection. - gsmtp'],
  'google-not-directly': [
    "550 5.7.1 [203.0.113.25] The IP you're using to send mail is not authorized to send email directly to our servers. Please use the SMTP relay at your service provider instead. - gsmtp",
  ],
  'google-address-not-listed': ['421 4.7.0 IP not in whitelist for RCPT domain, closing connection. - gsmtp'],
  'google-too-fast': [
    '450-4.2.1 The user you are trying to contact is receiving mail too quickly. Please\r\n450 4.2.1 resend your message at a later time. - gsmtp',
  ],
  'google-no-account': [
    "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550 5.1.1 double-checking the recipient's email address for typos. - gsmtp",
  ],
  'google-inactive-account': ['550 5.2.1 The email account that you tried to reach is inactive. - gsmtp'],
  'google-full': [
    "452 4.2.2 The recipient's inbox is out of storage space. - gsmtp",
    '552 5.2.2 The email account that you tried to reach is over quota. - gsmtp',
  ],
  'google-blocked-attachment': [
    '552-5.7.0 This message was blocked because its content presents a potential\r\n552 5.7.0 security issue. - gsmtp',
  ],
  'google-malformed': [
    '550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers. - gsmtp',
    '550 5.7.1 Messages missing a valid address in the From: header, or having no From: header, are not accepted. - gsmtp',
  ],
  'google-policy': [
    '550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibits the mail that you sent. - gsmtp',
    '550 5.7.1 This message violates example.com email policy. - gcdp x12 - gsmtp',
  ],
  'google-loop': ['554 5.4.6 Message exceeded 50 hops, this may indicate an email loop. - gsmtp'],
  'google-later': ['421 4.7.0 Try again later, closing connection. (EHLO) - gsmtp'],
  'yahoo-deferred': [
    '421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    '553 5.7.2 [TSS09] All messages from 192.0.2.25 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes',
  ],
  'yahoo-content': [
    '554 Message not allowed - [PH01] Email not accepted for policy reasons. Please visit https://postmaster.yahooinc.com/error-codes',
  ],
  'yahoo-authentication': [
    '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
  ],
  'yahoo-blocked-address': [
    "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.25, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html",
  ],
  'yahoo-no-account': [
    "554 delivery error: dd This user doesn't have a yahoo.com account (testing123@yahoo.com) [-5] - mta123.mail.mud.yahoo.com",
  ],
  'yahoo-unresolvable-sender': [
    '451 Message temporarily deferred due to unresolvable RFC.5321 from domain. See https://senders.yahooinc.com/error-codes#unresolvable-from-domain',
  ],
  'apple-policy': [
    '550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
  ],
  'apple-volume': [
    '421 4.7.1 Messages to jo@icloud.com deferred due to excessive volume. Try again later - https://support.apple.com/en-us/HT204137',
  ],
  'apple-inactive': ['550 5.1.1 <jo@icloud.com>: inactive email address'],
  'gmx-block-list': [
    '554-gmx.net (mxgmx104) Nemesis ESMTP Service not available\r\n554-No SMTP service\r\n554-IP address is block listed.\r\n554 For explanation visit https://postmaster.gmx.net/en/case?c=r0201&i=ip&v=198.51.100.42&r=1MNcgj',
  ],
  'gmx-no-reverse-name': [
    '554-gmx.net (mxgmx116) Nemesis ESMTP Service not available\r\n554-No SMTP service\r\n554-Bad DNS PTR resource record.\r\n554 For explanation visit http://postmaster.gmx.com/en/error-messages?ip=167.114.229.225&c=rdns',
  ],
  'gmx-spf': [
    '550 <jo@gmx.net>: Reject due to SPF policy. The originating IP of the message is not permitted by the domain owner',
  ],
  'gmx-rate': ['421 Rate limit reached. Please try again later', '450 Reject due to policy violations.'],
  't-online-unknown-address': [
    '554 IP=192.0.2.9 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)',
  ],
  't-online-dial-up': [
    '554 IP=192.0.2.9 - Dialup/transient IP not allowed. Use a mailgateway or contact toda@rx.t-online.de if obsolete. (DIAL)',
  ],
  'ionos-sender': ['550 Requested action not taken: Sender address is not allowed.'],
  'strato-content': ['550 5.7.1 Refused by local policy. No SPAM please! (B-URL)'],
  'ses-unverified': [
    '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: root@example.com',
  ],
  'ses-rate': ['454 Throttling failure: Maximum sending rate exceeded.'],
  'sendgrid-unverified': [
    '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
  ],
  'zoho-sender': ['553 Relaying disallowed as boss@example.com'],
  'list-spamhaus-resolver': [
    '554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org; Error: open resolver; https://www.spamhaus.org/returnc/pub/34.216.226.155',
  ],
  'list-spamhaus-pbl': ['550 5.7.1 192.0.2.9 is listed, see https://www.spamhaus.org/pbl/query/PBL123'],
  'list-spamhaus-domain': [
    '554 5.7.1 Service unavailable; Sender address [x@bad.example] blocked using dbl.spamhaus.org; https://www.spamhaus.org/query/dbl?domain=bad.example',
  ],
  'list-spamhaus': [
    '554 5.7.1 Service unavailable; Client host [195.64.178.81] blocked using zen.spamhaus.org; http://www.spamhaus.org/query/bl?ip=195.64.178.81',
    '550 5.7.1 Email rejected because 192.0.2.4 is listed by zen.spamhaus.org',
  ],
  'list-barracuda': [
    '554 Service unavailable; Client host [server1.mail.example] blocked using Barracuda Reputation; http://bbl.barracudacentral.com/q.cgi?ip=192.0.2.1',
    '450 4.7.1 Try Later; see http://www.barracudacentral.org/rbl/removal-request',
  ],
  'list-spamcop': ['451 Blocked - see http://www.spamcop.net/bl.shtml?192.0.2.1'],
  'list-sorbs': ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.sorbs.net'],
  'filter-proofpoint': [
    '554 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1',
    '550 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.1.2',
  ],
  'filter-cisco': [
    "554-gatekeeper1.partner.example\r\n554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.",
  ],
  'mimecast-grey-list': [
    '451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
  ],
  'mimecast-spoofing': [
    '550 Rejected by header based Anti-Spoofing policy: boss@partner.example - https://community.mimecast.com/docs/DOC-1369#550',
  ],
  'mimecast-blocked-sender': [
    '550 Administrative prohibition envelope blocked - https://community.mimecast.com/docs/DOC-1369#550',
  ],
  'mimecast-authentication': [
    '550 SPF Sender Invalid - envelope rejected - https://community.mimecast.com/docs/DOC-1369#550',
  ],
  'mimecast-reputation': [
    '550 Local CT IP Reputation - (reject) - https://community.mimecast.com/docs/DOC-1369#550',
  ],
  'mimecast-security': [
    '554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554',
  ],
  'mimecast-tls': [
    '553 This route requires encryption (TLS)',
    '553 This route requires TLS version 1.2 or greater',
  ],
  'list-other': [
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using ix.dnsbl.manitu.net',
    '550 192.0.2.1 found in RBL lists, see http://rbl.example',
  ],
  'grey-list-postgrey': [
    '450 4.2.0 <jo@partner.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/partner.example.html',
  ],
  'grey-list-milter': ['451 4.7.1 Greylisting in action, please come back in 00:05:00'],
  'grey-list': [
    '451 4.7.1 Greylisted, try again in 5 minutes',
    '451 4.7.1 greylisting, please try again later',
    '450 4.7.1 192.0.2.1 is not yet authorized to deliver mail from <a@b.example>',
  ],
  'postfix-no-reverse-name': [
    '450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.7]',
    '550 5.7.1 Client host rejected: cannot find your reverse hostname, [203.0.113.7]',
  ],
  'postfix-client-rejected': ['554 5.7.1 <unknown[203.0.113.7]>: Client host rejected: Access denied'],
  'postfix-hello': [
    '504 5.5.2 <office>: Helo command rejected: need fully-qualified hostname',
    '450 4.7.1 <pc5.office.local>: Helo command rejected: Host not found',
  ],
  'postfix-sender-domain': ['450 4.1.8 <printer@office.local>: Sender address rejected: Domain not found'],
  'postfix-sender-owner': [
    '553 5.7.1 <boss@example.com>: Sender address rejected: not owned by user office@example.com',
  ],
  'postfix-sender-unknown': [
    '550 5.1.0 <x@example.com>: Sender address rejected: User unknown in local recipient table',
  ],
  'postfix-sender-blocked': ['554 5.7.1 <x@example.com>: Sender address rejected: Access denied'],
  'postfix-recipient-unverified': [
    '450 4.1.1 <jo@partner.example>: Recipient address rejected: unverified address: Address verification in progress',
  ],
  'postfix-recipient-unknown': [
    '550 5.1.1 <jhon@partner.example>: Recipient address rejected: User unknown in virtual mailbox table',
  ],
  'postfix-relay': [
    '554 5.7.1 <jo@elsewhere.example>: Relay access denied',
    '454 4.7.1 <jo@elsewhere.example>: Relay access denied',
  ],
  'postfix-connections': ['421 4.7.0 mx.partner.example Error: too many connections from 203.0.113.7'],
  'postfix-space': ['452 4.3.1 Insufficient system storage'],
  'exim-sender-verify': [
    '550-Verification failed for <noreply@example.com>\r\n550-No Such User Here\r\n550 Sender verify failed',
    '550-Verification failed for <x@example.com>\r\n550-Previous (cached) callout verification failure\r\n550 Invalid sender <x@example.com>',
  ],
  'exim-unrouteable': ['550 Unrouteable address'],
  'exim-relay': [
    '550 relay not permitted',
    '550 host.example [203.0.113.7] is currently not permitted to relay through this server.',
  ],
  'exim-connections': [
    '421 mail.partner.example: Too many concurrent SMTP connections; please try again later',
  ],
  'exim-messages': ['421 too many messages in this connection'],
  'exim-log-on-data': ['535 Incorrect authentication data'],
  'tls-first': ['530 5.7.0 Must issue a STARTTLS command first'],
  'log-on-refused': [
    '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6',
    '535 Authentication credentials invalid',
    '535 authentication failed (#5.7.1)',
  ],
  'log-on-mechanism': ['504 5.7.4 Unrecognized authentication type'],
  'log-on-needed': [
    '530 5.7.1 Authentication required',
    '550-Please turn on SMTP Authentication in your mail client\r\n550 before sending',
  ],
  'mailbox-full': [
    '552 5.2.2 <jo@partner.example>: user is over quota',
    '550 Quota exceeded',
    '452 4.2.2 Mailbox full',
  ],
  'message-too-large': [
    '552 5.3.4 Message size exceeds fixed limit',
    '552 5.3.4 Error: message file too big',
    '554 Maximum email size exceeded.',
  ],
  'recipients-too-many': ['452 4.5.3 Error: too many recipients', '452 Too many recipients'],
  'connections-too-many': [
    '450 too frequent connects from 198.37.147.135, please try again later.',
    '421 Too many connections',
  ],
  'rate-limit': [
    '451 4.7.1 Mailbox rate limit reached, please try again later',
    '550 5.7.1 sending limit reached',
  ],
  'attachment-refused': ['552 5.7.1 This attachment is not permitted here (.exe)'],
  virus: [
    '550 This message contains a virus and may not be delivered',
    '552 5.7.1 virus Eicar detected by Zoho Mail',
  ],
  dmarc: [
    '550 5.7.1 Email rejected per DMARC policy for example.com',
    '554 5.7.1 Your message was rejected due to example.com DMARC policy.',
  ],
  spf: [
    '550 5.7.1 SPF unauthorized mail is prohibited.',
    '550 command rejected due to Sender ID validation failure.',
  ],
  dkim: ['550 5.7.20 No passing DKIM signature found'],
  'reverse-name': ['550 5.7.1 Fix reverse DNS for 203.0.113.7', '554 no PTR for your address'],
  loop: [
    '554 5.4.6 Too many hops',
    '550 5.4.6 mail for partner.example loops back to myself',
    '554 Mail loop detected',
  ],
  'user-unknown': [
    '550 5.1.1 User unknown',
    '550 No such user here',
    '550 Requested action not taken: mailbox unavailable',
    '550 5.1.1 unknown or illegal alias: jo@icloud.com',
  ],
  'account-disabled': [
    '554 30 Sorry, your message to jo@aol.example cannot be delivered. This mailbox is disabled (554.30)',
    '550 5.2.1 Account disabled',
  ],
  'relay-denied': ['550 5.7.1 relaying denied for <jo@elsewhere.example>', '451 Open relay not allowed'],
  'address-blocked': ['554 5.7.1 your IP 203.0.113.7 has a poor reputation'],
  spam: [
    '571 5.7.1 message classified as spam',
    '554 5.7.1 The message matches a profile the Internet community may consider spam.',
  ],
  'smtputf8-missing': ['553 5.6.7 SMTPUTF8 is required, but was not offered by host mx3.partner.example'],
  malformed: [
    '554 5.6.0 Email message is malformed. Not accepted.',
    '550 5.7.1 headers are not RFC 2822 compliant',
  ],
}

/** Replies of ours that are told apart by their kind: what they say may be anything. */
export const signInSamples: Readonly<Record<string, Reply>> = Object.fromEntries(
  (
    [
      ['never', 'nobody has signed in with Microsoft yet: sign in at the mail sender in the window'],
      [
        'ended',
        'Microsoft refuses, since the password was changed (AADSTS50173: x): sign in again in the window',
      ],
      ['forbidden', 'Microsoft refuses, since conditional access blocks it (AADSTS53003: x)'],
      ['settings', 'register Postern with the provider, and write the client id into the settings'],
      [
        'not-taken',
        "smtp.office365.com:587 doesn't take the token of office@contoso.com (535 5.7.3 Authentication unsuccessful): sign in again",
      ],
      ['unreachable', "Microsoft can't be asked for a token (the connection was refused)"],
      ['busy', "Microsoft can't sign us in at the moment (temporarily_unavailable)"],
      ['unkept', "the new token can't be kept (the disk is full)"],
    ] as const
  ).map(([signIn, text]) => [`own-sign-in-${signIn}`, { code: 454, status: '4.7.0', text, signIn }]),
)
