/** The documents that the table of replies rests on. */

export interface Source {
  readonly name: string
  readonly address: string
}

const learn = 'https://learn.microsoft.com'
const rfc = (number: number, title: string): Source => ({
  name: `RFC ${number}: ${title}`,
  address: `https://www.rfc-editor.org/rfc/rfc${number}`,
})

export const sources = {
  microsoftNdr: {
    name: 'Microsoft Learn: Email non-delivery reports and SMTP errors in Exchange Online',
    address: `${learn}/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online`,
  },
  microsoftDevices: {
    name: 'Microsoft Learn: Fix issues with printers, scanners, and LOB apps that send email using Microsoft 365',
    address: `${learn}/en-us/troubleshoot/exchange/email-delivery/fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off`,
  },
  microsoftBasicAuth: {
    name: 'Exchange Team Blog: Exchange Online to retire Basic auth for Client Submission (SMTP AUTH)',
    address:
      'https://techcommunity.microsoft.com/t5/exchange-team-blog/exchange-online-to-retire-basic-auth-for-client-submission-smtp/ba-p/4114750',
  },
  microsoftSmtpAuth: {
    name: 'Microsoft Learn: Enable or disable authenticated client SMTP submission (SMTP AUTH) in Exchange Online',
    address: `${learn}/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission`,
  },
  microsoftThrottling: {
    name: 'Microsoft Learn: Continuous error throttling for SMTP AUTH submissions in Exchange Online',
    address: `${learn}/en-us/Exchange/mail-flow-best-practices/continuous-error-throttling-smtp-auth-submissions`,
  },
  microsoftSubmission: {
    name: 'Microsoft Learn: Message storage and concurrent connection throttling for SMTP Authenticated Submission',
    address: `${learn}/en-us/exchange/troubleshoot/send-emails/smtp-submission-improvements`,
  },
  microsoftLegacyTls: {
    name: 'Exchange Team Blog: New opt-in endpoint available for SMTP AUTH clients still needing legacy TLS',
    address:
      'https://techcommunity.microsoft.com/t5/exchange-team-blog/new-opt-in-endpoint-available-for-smtp-auth-clients-still/ba-p/2659652',
  },
  microsoftHighVolume: {
    name: 'Microsoft Defender Blog: Outlook’s new requirements for high-volume senders',
    address:
      'https://techcommunity.microsoft.com/blog/microsoftdefenderforoffice365blog/strengthening-email-ecosystem-outlook%E2%80%99s-new-requirements-for-high%E2%80%90volume-senders/4399730',
  },
  outlookPostmaster: {
    name: 'Outlook.com Postmaster: Troubleshooting, SMTP error codes',
    address: 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx',
  },
  exchangeServer: {
    name: 'Microsoft Learn: DSNs and NDRs in Exchange Server',
    address: `${learn}/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages`,
  },
  google: {
    name: 'Google Workspace Admin Help: Gmail SMTP errors and codes',
    address: 'https://support.google.com/a/answer/3726730',
  },
  googleRelay: {
    name: 'Google Workspace Admin Help: SMTP relay service error messages',
    address: 'https://support.google.com/a/answer/6140680',
  },
  yahoo: {
    name: 'Yahoo Sender Hub: SMTP Error Codes',
    address: 'https://senders.yahooinc.com/smtp-error-codes',
  },
  apple: {
    name: 'Apple Support: Postmaster information for iCloud Mail',
    address: 'https://support.apple.com/102322',
  },
  gmx: {
    name: 'GMX Postmaster: Error messages',
    address: 'https://postmaster.gmx.com/en/error-messages',
  },
  tOnline: {
    name: 'Telekom Postmaster: Notes for mail server operators',
    address: 'https://postmaster.t-online.de/index.en.html',
  },
  ionos: {
    name: 'IONOS Help: Important change for sending emails with different sender addresses',
    address:
      'https://www.ionos.com/help/email/general-topics/important-change-for-sending-emails-with-different-sender-addresses/',
  },
  strato: {
    name: 'STRATO FAQ: Fehlermeldungen bei E-Mails',
    address: 'https://strato.de/faq/mail/fehlermeldungen-bei-e-mails',
  },
  ses: {
    name: 'Amazon SES Developer Guide: Amazon SES email sending errors',
    address: 'https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html',
  },
  sendgrid: {
    name: 'Twilio SendGrid: SMTP Errors and Troubleshooting',
    address: 'https://sendgrid.com/docs/for-developers/sending-email/smtp-errors-and-troubleshooting/',
  },
  zepto: {
    name: 'Zoho ZeptoMail Help: SMTP Error Codes',
    address: 'https://www.zoho.com/zeptomail/help/api/smtp-error-codes.html',
  },
  spamhaus: {
    name: 'Spamhaus: DNSBL usage, frequently asked questions',
    address: 'https://www.spamhaus.org/faqs/dnsbl-usage/',
  },
  barracuda: {
    name: 'Barracuda Central: Reputation block list, removal request',
    address: 'https://www.barracudacentral.org/rbl/removal-request',
  },
  spamcop: {
    name: 'SpamCop Forum: Why is my email blocked?',
    address: 'https://forum.spamcop.net/topic/35-faq-entry-why-is-my-email-blocked/',
  },
  sorbs: {
    name: 'heise online: Antispam blocklist SORBS is switched off',
    address: 'https://heise.de/en/news/Blocked-out-Antispam-blocklist-SORBS-is-switched-off-9752522.html',
  },
  proofpoint: {
    name: 'Proofpoint: IP and Domain Reputation Center',
    address: 'https://ipcheck.proofpoint.com/',
  },
  mimecast: {
    name: 'Mimecast: SMTP Error Codes',
    address:
      'https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691-Policies-Mimecast-SMTP-Error-Codes',
  },
  cisco: {
    name: 'Cisco: Identify and allow poor SenderBase Reputation scores (ESA)',
    address:
      'https://www.cisco.com/c/en/us/support/docs/security/email-security-appliance/200436-Identify-and-allow-poor-SenderBase-Reput.html',
  },
  postfix: {
    name: 'Postfix: smtpd_check.c, the replies of its access restrictions',
    address: 'https://github.com/vdukhovni/postfix/blob/master/postfix/src/smtpd/smtpd_check.c',
  },
  postfixLogin: {
    name: 'Postfix users: how reject_sender_login_mismatch works',
    address: 'https://mail-archive.com/postfix-users@postfix.org/msg95483.html',
  },
  exim: {
    name: 'Exim: smtp_in.c, the replies of its server',
    address: 'https://github.com/Exim/exim/blob/master/src/src/smtp_in.c',
  },
  eximVerify: {
    name: 'Exim wiki: Verification',
    address: 'https://github.com/Exim/exim/wiki/Verification',
  },
  postgrey: {
    name: 'Manual page postgrey(8): Postfix Greylisting Policy Server',
    address: 'https://manpages.ubuntu.com/manpages/trusty/man8/postgrey.8.html',
  },
  milterGreylist: {
    name: 'Manual of milter-greylist: grey listing filter for sendmail',
    address: 'https://www.mankier.com/package/milter-greylist',
  },
  registry: {
    name: 'IANA: SMTP Enhanced Status Codes Registry (RFC 3463, RFC 5248)',
    address: 'https://www.iana.org/assignments/smtp-enhanced-status-codes/',
  },
  rfc3207: rfc(3207, 'SMTP over Transport Layer Security'),
  rfc3463: rfc(3463, 'Enhanced Mail System Status Codes'),
  rfc4954: rfc(4954, 'SMTP Service Extension for Authentication'),
  rfc5321: rfc(5321, 'Simple Mail Transfer Protocol'),
  rfc6376: rfc(6376, 'DomainKeys Identified Mail (DKIM) Signatures'),
  rfc6531: rfc(6531, 'SMTP Extension for Internationalized Email'),
  rfc6647: rfc(6647, 'Email Greylisting'),
  rfc6749: rfc(6749, 'The OAuth 2.0 Authorization Framework'),
  rfc7372: rfc(7372, 'Email Authentication Status Codes'),
  rfc7505: rfc(7505, 'A “Null MX” No Service Resource Record'),
  rfc7628: rfc(7628, 'A Set of SASL Mechanisms for OAuth'),
  rfc7672: rfc(7672, 'SMTP Security via Opportunistic DANE TLS'),
  rfc8461: rfc(8461, 'SMTP MTA Strict Transport Security'),
} as const satisfies Readonly<Record<string, Source>>

export type SourceName = keyof typeof sources
