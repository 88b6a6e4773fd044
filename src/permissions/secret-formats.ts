// What keys, tokens and passwords look like, one line a format. Every repetition is bounded, so no text makes a search slow.

export interface SecretFormat {
  /** For the person: "It looks like a … ." */
  name: string;
  /** Global. Where only a part is secret, the group `s` is that part. */
  pattern: RegExp;
  /** One of these stands in every text that can match, in lower case: most texts are done with after this. */
  hints: readonly string[];
}

const format = (name: string, hints: string, pattern: RegExp): SecretFormat => ({
  name,
  hints: hints.split(' '),
  pattern,
});

/** Formats that name themselves: a prefix, a frame, a shape that nothing else has. */
export const SECRET_FORMATS: readonly SecretFormat[] = [
  // Keys in frames.
  format(
    'private key',
    'private',
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  format('PuTTY private key', 'putty-user-key', /PuTTY-User-Key-File-\d:[\s\S]*?(?:Private-MAC: [0-9a-f]{1,128}|$)/g),
  format('age key', 'age-secret-key-', /\bAGE-SECRET-KEY-1[0-9A-Z]{40,80}/gi),
  // Clouds.
  format(
    'AWS access key id',
    'akia asia abia acca',
    /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  ),
  format(
    'AWS secret key',
    'aws',
    /\baws[\w .-]{0,20}(?:secret|key)[\w .-]{0,20}["']?\s{0,5}(?::|=>|=|is)\s{0,5}["']?(?<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/gi,
  ),
  format('AWS Bedrock key', 'absk', /(?<![A-Za-z0-9])ABSK[A-Za-z0-9+/]{60,300}={0,2}/g),
  format('Google API key', 'aiza', /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{30,100}/g),
  format('Google OAuth secret', 'gocspx-', /\bGOCSPX-[A-Za-z0-9_-]{20,60}/g),
  format('Google OAuth token', 'ya29.', /\bya29\.[A-Za-z0-9_-]{20,600}/g),
  format('Google refresh token', '1//0', /(?<![A-Za-z0-9/])1\/\/0[A-Za-z0-9_-]{25,200}/g),
  format('Azure storage key', 'accountkey', /\bAccountKey\s{0,3}=\s{0,3}(?<s>[A-Za-z0-9+/]{40,120}={0,2})/gi),
  format(
    'Azure shared access key',
    'sharedaccesskey',
    /\bSharedAccessKey\s{0,3}=\s{0,3}(?<s>[A-Za-z0-9+/]{30,120}={0,2})/gi,
  ),
  format('Azure signature', 'sig=', /[?&;]sig=(?<s>[A-Za-z0-9%+/]{30,200}={0,2})/gi),
  format(
    'Azure client secret',
    '8q~ 7q~',
    /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])/g,
  ),
  format('Azure DevOps token', 'azdo', /(?<![A-Za-z0-9])[A-Za-z0-9]{70,80}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/g),
  format('DigitalOcean token', 'dop_v1_ doo_v1_ dor_v1_', /\bdo[por]_v1_[a-f0-9]{40,80}/g),
  format('Heroku key', 'hrku-', /\bHRKU-[A-Za-z0-9_-]{20,80}/g),
  format(
    'Heroku key',
    'heroku',
    /\bheroku[\w .-]{0,25}["']?\s{0,5}(?:[:=]|is)\s{0,5}["']?(?<s>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/gi,
  ),
  format(
    'Cloudflare key',
    'cloudflare cf_',
    /\b(?:cloudflare|cf)[\w .-]{0,25}(?:key|token)["']?\s{0,5}(?:[:=]|is)\s{0,5}["']?(?<s>[A-Za-z0-9_-]{35,60})(?![A-Za-z0-9_-])/gi,
  ),
  format('Cloudflare key', 'v1.0-', /\bv1\.0-[a-f0-9]{20,30}-[a-f0-9]{100,200}/g),
  format('Cloudflare token', 'cfut_ cfat_ cfk_', /\bcf(?:ut|at|k)_[A-Za-z0-9_-]{30,80}/g),
  format('Alibaba key', 'ltai', /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{16,26}(?![A-Za-z0-9])/g),
  format('Tencent key', 'akid', /(?<![A-Za-z0-9])AKID[A-Za-z0-9]{28,36}(?![A-Za-z0-9])/g),
  format('Fly.io token', 'fm1_ fm2_ fo1_', /(?<![A-Za-z0-9])(?:fm[12][ar]?_|fo1_)[A-Za-z0-9+/_-]{30,1500}={0,3}/g),
  format(
    'Vercel token',
    'vercel_ vcp_ vck_ vca_',
    /\b(?:vercel_[a-z_]{0,20}|vc[pkair]_)(?=[A-Za-z_]{0,60}\d)[A-Za-z0-9_]{24,80}/g,
  ),
  format('Netlify token', 'nfp_ nfc_ nfo_', /\bnf[pcoub]_[A-Za-z0-9_]{30,60}/g),
  format('Supabase key', 'sbp_ sb_secret_', /\b(?:sbp_[a-f0-9]{40,60}|sb_secret_[A-Za-z0-9_-]{20,60})/g),
  format('PlanetScale token', 'pscale_', /\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,80}/g),
  format('Render key', 'rnd_', /\brnd_(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{28,40}/g),
  // Code hosts and registries.
  format(
    'GitHub token',
    'ghp_ gho_ ghu_ ghs_ ghr_',
    /(?<![A-Za-z0-9])gh[pousr]_(?=[A-Za-z_]{0,250}\d)[A-Za-z0-9_]{20,255}/g,
  ),
  format('GitHub fine-grained token', 'github_pat_', /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{22,255}/g),
  format(
    'GitLab token',
    'glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct-',
    /\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|soat|imt|agent|oas|ffct)-(?=[A-Za-z_-]{0,60}\d|[a-z_-]{0,60}[A-Z])[A-Za-z0-9_.-]{18,300}/g,
  ),
  format('Bitbucket token', 'atbb atctt', /(?<![A-Za-z0-9])(?:ATBB|ATCTT3xFf)[A-Za-z0-9_=-]{24,300}/g),
  format('Atlassian token', 'atatt', /(?<![A-Za-z0-9])ATATT3[A-Za-z0-9_=-]{30,300}/g),
  format('npm token', 'npm_', /(?<![A-Za-z0-9_])npm_(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{20,60}(?![A-Za-z0-9_])/g),
  format(
    'npm password',
    '_auth _password',
    /(?<![A-Za-z0-9])_(?:authToken|auth|password)\s{0,3}=\s{0,3}["']?(?<s>[A-Za-z0-9+/_.~-]{8,500}={0,2})/g,
  ),
  format('PyPI token', 'pypi-', /\bpypi-[A-Za-z0-9_-]{50,500}/g),
  format('RubyGems key', 'rubygems_', /\brubygems_[a-f0-9]{40,60}/g),
  format('crates.io token', 'cio', /(?<![A-Za-z0-9])cio(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{32}(?![A-Za-z0-9])/g),
  format('NuGet key', 'oy2', /(?<![A-Za-z0-9])oy2[a-z0-9]{43}(?![A-Za-z0-9])/g),
  format('Clojars token', 'clojars_', /\bCLOJARS_[A-Za-z0-9]{40,80}/gi),
  format('Docker token', 'dckr_', /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,80}/g),
  format('Docker registry login', '"auth"', /"auth"\s{0,5}:\s{0,5}"(?<s>[A-Za-z0-9+/]{12,500}={0,2})"/g),
  format('Artifactory token', 'akcp cmvmdgtu', /(?<![A-Za-z0-9])(?:AKCp\d|cmVmdGtu)[A-Za-z0-9]{40,100}/g),
  // Models.
  format('Anthropic key', 'sk-ant-', /\bsk-ant-[A-Za-z0-9_-]{16,200}/g),
  format('OpenRouter key', 'sk-or-', /\bsk-or-(?:v\d-)?[A-Za-z0-9_-]{20,120}/g),
  format('Letta key', 'sk-let-', /\bsk-let-[A-Za-z0-9+/_-]{16,200}={0,2}/g),
  format(
    'API key',
    'sk- sk_ rk- rk_ pk- pk_',
    /(?<![A-Za-z0-9_-])(?:sk|pk|rk)[-_](?:[a-z]{1,12}[-_]){0,3}(?=[A-Za-z_-]{0,200}\d|[a-z]{0,20}[A-Z]+[a-z]+[A-Z])[A-Za-z0-9_-]{16,300}/g,
  ),
  format(
    'Hugging Face token',
    'hf_ api_org_',
    /(?<![A-Za-z0-9_])(?:hf|api_org)_(?=[A-Za-z]{30}|[A-Za-z]{0,40}\d)[A-Za-z0-9]{20,60}(?![A-Za-z0-9_])/g,
  ),
  format('Groq key', 'gsk_', /\bgsk_[A-Za-z0-9]{30,80}/g),
  format('xAI key', 'xai-', /\bxai-(?=[A-Za-z]{0,90}\d)[A-Za-z0-9]{40,100}/g),
  format('Perplexity key', 'pplx-', /\bpplx-(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{32,70}/g),
  format('Replicate token', 'r8_', /\br8_[A-Za-z0-9]{30,60}/g),
  format('Fireworks key', 'fw_', /\bfw_(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{20,50}(?![A-Za-z0-9_])/g),
  format('Cerebras key', 'csk-', /\bcsk-(?=[a-z]{0,60}\d)[a-z0-9]{32,70}/g),
  format('NVIDIA key', 'nvapi-', /\bnvapi-[A-Za-z0-9_-]{40,100}/g),
  format('Tavily key', 'tvly-', /\btvly-(?:dev-|prod-)?(?=[A-Za-z-]{0,60}\d)[A-Za-z0-9-]{20,60}/g),
  format('LangSmith key', 'lsv2_', /\blsv2_(?:pt|sk)_[A-Za-z0-9_]{30,60}/g),
  format('Pinecone key', 'pcsk_', /\bpcsk_[A-Za-z0-9_]{30,120}/g),
  format('Voyage key', 'pa-', /(?<![A-Za-z0-9_-])pa-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{40,60}/g),
  // Messages and mail.
  format(
    'Slack token',
    'xox xapp-',
    /\b(?:xox[abcdeoprs]|xapp)(?:\.xox[bp])?-(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9-]{10,300}/g,
  ),
  format(
    'Slack webhook',
    'hooks.slack',
    /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?<s>[A-Za-z0-9_/+-]{20,200})/gi,
  ),
  format(
    'Discord webhook',
    'webhooks',
    /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(?<s>\d{15,22}\/[A-Za-z0-9_-]{30,100})/gi,
  ),
  format(
    'Discord token',
    '.',
    /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_.-])/g,
  ),
  format('Teams webhook', 'webhook.office.com', /webhook\.office\.com\/webhookb2\/(?<s>[A-Za-z0-9@/_-]{40,300})/gi),
  format('Telegram bot token', ':aa', /(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{32,35}(?![A-Za-z0-9_-])/g),
  format('Twilio key', 'sk ac', /(?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}(?![A-Za-z0-9])/g),
  format('SendGrid key', 'sg.', /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}/g),
  format('Mailgun key', 'key- pubkey-', /(?<![A-Za-z0-9_-])(?:pub)?key-[0-9a-f]{32}(?![A-Za-z0-9])/g),
  format('Mailgun key', '-', /(?<![A-Za-z0-9-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])/g),
  format('Mailchimp key', '-us', /(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/g),
  format('Brevo key', 'xkeysib- xsmtpsib-', /\bx(?:key|smtp)sib-[a-f0-9]{40,80}-[A-Za-z0-9]{10,20}/g),
  format(
    'Resend key',
    're_',
    /(?<![A-Za-z0-9_])re_(?=[A-Za-z_]{0,30}\d)[A-Za-z0-9]{6,12}_[A-Za-z0-9]{18,30}(?![A-Za-z0-9_])/g,
  ),
  format('Postman key', 'pmak-', /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}/g),
  // Money.
  format('Stripe secret', 'whsec_', /\bwhsec_[A-Za-z0-9+/]{20,80}={0,2}/g),
  format(
    'Square token',
    'sq0 eaaa',
    /(?<![A-Za-z0-9])(?:sq0[a-z]{3}-[A-Za-z0-9_-]{22,50}|EAAA(?=[A-Za-z_-]{0,80}\d)[A-Za-z0-9_-]{56,70})/g,
  ),
  format('Shopify token', 'shpat_ shpca_ shppa_ shpss_ shpua_', /\bshp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{30,64}/g),
  format('PayPal token', 'access_token$', /\baccess_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/g),
  format('Plaid token', 'access-', /\baccess-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f-]{27}/g),
  format('Razorpay key', 'rzp_', /\brzp_(?:live|test)_[A-Za-z0-9]{14,30}/g),
  // Work and design.
  format('Linear key', 'lin_api_ lin_oauth_', /\blin_(?:api|oauth)_[A-Za-z0-9]{30,70}/g),
  format(
    'Notion token',
    'secret_ ntn_',
    /\b(?:secret_(?=[A-Za-z]{0,50}\d)[A-Za-z0-9]{40,50}|ntn_[A-Za-z0-9]{40,60})(?![A-Za-z0-9])/g,
  ),
  format('Figma token', 'figd_ figo_ figor_ figu_', /\bfig(?:d|or?|u|ur|oh|dh)_[A-Za-z0-9_-]{30,80}/g),
  format('Airtable token', 'pat', /(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[a-f0-9]{64}(?![A-Za-z0-9])/g),
  format('Asana token', '/', /(?<![\d/])[0-2]\/\d{15,17}(?:\/\d{15,17})?:[a-f0-9]{32}(?![A-Za-z0-9])/g),
  format('ClickUp token', 'pk_', /\bpk_\d{5,10}_[A-Z0-9]{32}/g),
  format('HubSpot token', 'pat-', /\bpat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f-]{27}/g),
  format('Dropbox token', 'sl.', /(?<![A-Za-z0-9.])sl\.(?:u\.)?[A-Za-z0-9_-]{100,1500}/g),
  format('Typeform token', 'tfp_', /\btfp_[A-Za-z0-9_.=-]{40,80}/g),
  format('Contentful token', 'cfpat-', /\bCFPAT-[A-Za-z0-9_-]{40,60}/g),
  // Operations.
  format('Databricks token', 'dapi dose', /(?<![A-Za-z0-9])d(?:api|ose)[a-f0-9]{32}(?:-\d)?(?![A-Za-z0-9])/g),
  format('Snowflake token', 'ver:1-hint', /\bver:1-hint:\d{1,20}-[A-Za-z0-9+/=]{20,500}/g),
  format(
    'Vault token',
    'hvs. hvb. hvr. s. b.',
    /(?<![A-Za-z0-9_.])(?:hv[sbr]\.[A-Za-z0-9_-]{20,300}|[sb]\.(?=[A-Za-z]{0,23}\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9_.(]))/g,
  ),
  format('Terraform token', 'atlasv1', /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,90}/gi),
  format('Doppler token', 'dp.', /\bdp\.(?:pt|st|ct|sa|scim|audit|said)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{30,60}/g),
  format(
    '1Password token',
    'ops_ey a3-',
    /\b(?:ops_eyJ[A-Za-z0-9+/_-]{50,2000}={0,3}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5})/g,
  ),
  format('Infisical token', 'st.', /\bst\.[a-f0-9]{24}\.[a-f0-9]{32}(?:\.[a-f0-9]{32})?/g),
  format('Pulumi token', 'pul-', /\bpul-[a-f0-9]{40}(?![A-Za-z0-9])/g),
  format('Sentry token', 'sntrys_ sntryu_ sntrya_', /\bsntry[sua]_[A-Za-z0-9+/=_-]{40,400}/g),
  format(
    'Sentry DSN key',
    'ingest',
    /:\/\/(?<s>[0-9a-f]{32}(?::[0-9a-f]{32})?)@[a-z0-9.-]{0,40}(?:sentry|ingest)[a-z0-9.-]{0,60}/gi,
  ),
  format(
    'Datadog key',
    'datadog dd_ dd-',
    /\b(?:datadog|dd)[\w .-]{0,25}key["']?\s{0,5}(?:[:=]|is)\s{0,5}["']?(?<s>[a-f0-9]{32,40})(?![A-Za-z0-9])/gi,
  ),
  format('Datadog key', 'pub ddapp_', /(?<![A-Za-z0-9])(?:pub[a-f0-9]{32}|ddapp_[A-Za-z0-9]{30,50})(?![A-Za-z0-9])/g),
  format(
    'New Relic key',
    'nrak- nrjs- nrii- nraa- nral nrra- nrbr-',
    /\bNR(?:AK|JS|II|AA|RA|BR|SP|IQ)-[A-Za-z0-9_-]{16,50}|\b[a-f0-9]{36}NRAL\b/g,
  ),
  format(
    'PagerDuty key',
    'pagerduty pd_ pdus',
    /(?<![A-Za-z0-9])pdus\+_0XBPWQQ_[A-Za-z0-9_-]{20,40}|\b(?:pagerduty|pd)[\w .-]{0,25}(?:key|token)["']?\s{0,5}(?:[:=]|is)\s{0,5}["']?(?<s>[A-Za-z0-9+_-]{18,40})(?![A-Za-z0-9+_-])/gi,
  ),
  format(
    'Grafana token',
    'glsa_ glc_ eyjr',
    /\b(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2}|eyJrIjoi[A-Za-z0-9+/]{50,400}={0,2})/g,
  ),
  format('Honeycomb key', 'hcaik_ hcbik_ hcxik_', /\bhc[abx]ik_[A-Za-z0-9]{40,80}/g),
  format('Dynatrace token', 'dt0c01. dt0s', /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/g),
  format('Elastic key', 'essu_', /\bessu_[A-Za-z0-9+/=]{40,300}/g),
  format(
    'LaunchDarkly key',
    'sdk- api- mob-',
    /(?<![A-Za-z0-9-])(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9-])/g,
  ),
  format('Buildkite token', 'bkua_ bkct_', /\bbk(?:ua|ct)_[a-f0-9]{40}/g),
  format('CircleCI token', 'ccipat_ cciprj_', /\bcci(?:pat|prj)_[A-Za-z0-9]{16,30}_[a-f0-9]{40}/g),
  format('Tailscale key', 'tskey-', /\btskey-[a-z]{2,12}-[A-Za-z0-9]{8,30}(?:-[A-Za-z0-9]{16,40})?/g),
  format(
    'ngrok token',
    'ngrok',
    /\bngrok[\w .:=-]{0,30}?(?<s>(?<![A-Za-z0-9_])[12][A-Za-z0-9]{24,30}_[A-Za-z0-9]{18,24})(?![A-Za-z0-9_])/gi,
  ),
  format('Mapbox token', 'sk.ey', /\bsk\.eyJ[A-Za-z0-9_-]{20,300}\.[A-Za-z0-9_-]{15,60}/g),
  format('Twitter token', 'aaaaaaaa', /(?<![A-Za-z0-9])A{20,30}[A-Za-z0-9%]{50,120}/g),
  format('Facebook token', 'eaa', /(?<![A-Za-z0-9])EAA[A-Za-z](?=[A-Za-z]{0,100}\d)[A-Za-z0-9]{80,400}/g),
  // What any service uses.
  format(
    'JSON web token',
    'eyj',
    /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,3000}\.[A-Za-z0-9_-]{8,6000}\.[A-Za-z0-9_-]{0,2000}/g,
  ),
  format(
    'encrypted JSON web token',
    'eyj',
    /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,3000}\.[A-Za-z0-9_-]{0,1000}\.[A-Za-z0-9_-]{8,100}\.[A-Za-z0-9_-]{8,6000}\.[A-Za-z0-9_-]{16,60}/g,
  ),
  format(
    'WireGuard key',
    'privatekey presharedkey',
    /\b(?:PrivateKey|PresharedKey)\s{0,5}=\s{0,5}(?<s>[A-Za-z0-9+/]{42}[A-Za-z0-9+/=]=)/gi,
  ),
  format('Bitcoin key', 'xprv', /\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,115}/g),
  format('bcrypt hash of a password', '$2', /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}/g),
  format(
    'hash of a password',
    '$6$ $5$ $argon2 $y$',
    /\$(?:[56y]|argon2(?:id|i|d))\$[^\s$]{1,60}\$(?:[^\s$:]{1,60}\$)?[./+A-Za-z0-9$]{20,120}/g,
  ),
];

/** A value behind a sign, quoted or not; what it may be is looked at afterwards. */
const VALUE = String.raw`(?:"(?<dq>[^"\n]{1,300})"|'(?<sq>[^'\n]{1,300})'|\x60(?<bq>[^\x60\n]{1,300})\x60|(?<raw>[^\s"'\x60,;<>(){}\[\]]{1,300}))`;

const KEYS = String.raw`pass(?:word|wd|phrase|code|wort)|pwd|secret|token|credentials?|api[ _-]?key|apikey|(?:access|auth|private|secret|encryption|signing|master|account|service|license|session|shared|deploy|bot|app|admin|root|webhook)[ _-]?key|(?:client|app|consumer|shared|webhook|signing)[ _-]?secret|mot de passe|contrase(?:ña|na)|senha|wachtwoord|has[łl]o|пароль|секрет|密码|密碼|口令|パスワード|비밀번호|parola|şifre|kennwort|passwort`;

/** `password = …`, `api_key: "…"`, `"token": "…"`, `the password is …`. */
export const ASSIGNMENT = new RegExp(
  String.raw`(?<key>(?<![\p{L}])(?:${KEYS})(?:s|[ _-]?(?:value|string|id|hash|b64|base64|prod|dev|test|live))?)["'\x60*]{0,3}\s{0,5}(?<sign>:=|=>|={1,3}|:|：| is:? | ist:? | es | est | lautet |是|为|は)\s{0,5}${VALUE}`,
  'giu',
);
export const ASSIGNMENT_HINTS: readonly string[] =
  'pass pwd secret token credential key mot contrase senha wachtwoord has пароль секрет 密 口令 パスワード 비밀번호 parola şifre kennwort'.split(
    ' ',
  );

/** Where a value stands in a place that only a secret has. Judged less strictly than an assignment. */
export const SECRET_PLACES: readonly SecretFormat[] = [
  format(
    'password in an address',
    '://',
    /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"'<>]{0,100}:(?<s>[^\s/@"'<>]{1,200}(?:\/[^\s/@"'<>.]{1,60}){0,2})@(?=[\w[])/gi,
  ),
  format('token in an address', '://', /(?<![A-Za-z0-9+.-])https?:\/\/(?<s>[A-Za-z0-9_-]{20,200})@(?=\w)/gi),
  format(
    'token in an address',
    'token= key= secret= signature= password= passwd= pwd= code= sig=',
    /[?&](?:access_token|refresh_token|id_token|auth_token|token|api_?key|apikey|key|secret|client_secret|signature|x-amz-signature|x-amz-security-token|x-goog-signature|password|passwd|pwd|sig)=(?<s>[^\s&#"'<>)\]]{6,600})/gi,
  ),
  format(
    'Authorization header',
    'authorization',
    /\b(?:proxy-)?authorization["']?\s{0,5}[:=]\s{0,5}["']?(?:(?:bearer|basic|token|apikey|api-key|digest|negotiate|key|bot|splunk|genie-key|sso-key)\s{1,5})?(?!(?:bearer|basic|token|apikey|api-key|digest|negotiate)\b)(?<s>[^\s"',;<>{}[\]$]{6,2000})/gi,
  ),
  format('bearer token', 'bearer', /\bbearer\s{1,5}(?<s>(?=[^\s\d]{0,300}\d)[A-Za-z0-9_.~+/-]{16,2000}={0,2})/gi),
  format(
    'basic login',
    'basic',
    /\bbasic\s{1,5}(?<s>(?=[A-Za-z+/]{0,200}[\d=])[A-Za-z0-9+/]{12,500}={0,2})(?![A-Za-z0-9+/=])/gi,
  ),
  format(
    'key header',
    'x-',
    /\bx-(?:[a-z]{1,20}-){0,3}(?:key|token|secret|signature|password|auth)["']?\s{0,5}[:=]\s{0,5}["']?(?<s>[^\s"',;<>{}[\]$]{6,1000})/gi,
  ),
  format(
    'cookie',
    'cookie',
    /\bcookie["']?\s{0,5}:\s{0,5}["']?[\w.-]{1,60}=(?<s>[^\s"';,<>]{8,2000}(?:;\s?[\w.-]{1,60}=[^\s"';,<>]{1,2000}){0,20})/gi,
  ),
  format(
    'netrc login',
    'machine login default',
    /\b(?:machine\s{1,5}\S{1,200}|default)\s{1,5}login\s{1,5}\S{1,200}\s{1,5}password\s{1,5}(?<s>\S{1,200})/gi,
  ),
  format('netrc login', 'login', /\blogin\s{1,5}\S{1,100}\s{1,5}password\s{1,5}(?<s>\S{1,200})/gi),
  format(
    'password on a command line',
    '-',
    /(?<![\w-])--?(?:pass(?:word|wd|phrase)?|token|secret|api-?key|auth-?token|access-?token|client-?secret|secret-?key)(?:\s{1,3}|=)["']?(?<s>[^\s"'`$<>{}[\]-][^\s"'`<>{}[\]]{3,300})/gi,
  ),
  format(
    'password on a command line',
    'sshpass curl mysql redis docker',
    /\b(?:sshpass\s{1,3}-p\s{0,3}|curl\s[^\n|]{0,200}?(?:-u|--user)\s{1,3}["']?[^\s:"']{1,80}:|mysql(?:dump)?\s[^\n|]{0,100}?-p(?=[^\s]{4})|redis-cli\s[^\n|]{0,100}?-a\s{1,3}|docker\s{1,3}login\s[^\n|]{0,100}?-p\s{1,3})["']?(?<s>[^\s"'`$<>]{3,200})/gi,
  ),
  format(
    'password in a connection string',
    'password= pwd=',
    /(?:;|^|["'\s])(?:password|pwd)\s?=\s?(?<s>[^;\s"'<>${}[\]]{3,200})(?=;)/gim,
  ),
];
