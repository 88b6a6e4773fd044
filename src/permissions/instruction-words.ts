// The same orders and permissions in other languages: "always run", "without asking", "ignore the previous instructions".

export interface ForeignRule {
  pattern: RegExp;
  /** It grants a permission, as against giving an order. */
  permission: boolean;
}

const order = (source: string): ForeignRule => ({ pattern: new RegExp(source, 'iu'), permission: false });
const grant = (source: string): ForeignRule => ({ pattern: new RegExp(source, 'iu'), permission: true });

/** Word boundaries for every script: `\b` knows ASCII alone. */
const w = (source: string): string => String.raw`(?<![\p{L}\d])(?:${source})(?![\p{L}\d])`;

export const FOREIGN: readonly ForeignRule[] = [
  // German
  order(
    w(
      '(?:führe?n?|starte|installiere|lade|lösche|sende|schicke|pushe|deploye|rufe|öffne|besuche|ignoriere|vergiss|überspringe|deaktiviere)(?: \\S+){0,4} (?:immer|stets|jedes ?mal|nie(?:mals)?|vor jedem|nach jedem|alle|ohne|bitte|aus|herunter|auf|ab)',
    ),
  ),
  order(
    w(
      '(?:immer|stets|nie(?:mals)?)(?: \\S+){0,5} (?:ausführen|ausgeführt|starten|installieren|herunterladen|löschen|senden|schicken|pushen|deployen|fragen|nachfragen|erwähnen|ignorieren|genehmigen|zustimmen)',
    ),
  ),
  order(
    w(
      '(?:vorherigen?|bisherigen?|vorigen?|obigen?|früheren) (?:anweisung(?:en)?|regeln?|instruktionen)|(?:du|sie) (?:musst|müssen|sollst|sollen|bist (?:jetzt|nun|ab)|wirst)|ab (?:jetzt|sofort)|sag(?:e|t)? (?:dem|der|es|ihm|niemandem)(?: \\S+){0,4} nicht|der (?:agent|assistent) (?:muss|soll|darf)',
    ),
  ),
  grant(
    w(
      '(?:du|sie|agent|assistent|ki) (?:darfst|dürfen|darf|kannst)(?: \\S+){0,8}|ohne (?:rückfragen?|nachfragen?|zu fragen|bestätigung|genehmigung|zustimmung|erlaubnis|freigabe)|(?:keine|nicht) (?:bestätigung|genehmigung|erlaubnis|freigabe|rückfrage)(?: \\S+){0,3}|nicht (?:nach)?fragen',
    ),
  ),
  // French
  order(
    w(
      "(?:exécute[rz]?|lance[rz]?|installe[rz]?|télécharge[rz]?|envoie|envoye[rz]|supprime[rz]?|pousse[rz]?|déploie|ignore[rz]?|oublie[rz]?)(?: \\S+){0,3} (?:toujours|jamais|avant chaque|après chaque|toutes?|tous|les instructions|sans|systématiquement)|toujours (?:exécuter|lancer|installer|envoyer|approuver|pousser|demander)|(?:ne |n')\\S+ jamais(?: \\S+){0,3}|(?:instructions?|consignes?|règles?) (?:précédentes?|antérieures?|ci-dessus)|(?:tu|vous) (?:dois|devez|es maintenant|êtes maintenant)|désormais|à partir de maintenant|l'(?:agent|assistant) (?:doit|peut)|ne (?:dis|dites|mentionne[rz]?)(?: \\S+){0,3} (?:pas|rien)",
    ),
  ),
  grant(
    w(
      "(?:tu|vous) (?:peux|pouvez|as le droit|avez le droit|es autorisé|êtes autorisée?s?)(?: \\S+){0,8}|sans (?:demander|confirmation|autorisation|approbation|permission|validation|prévenir)|(?:aucune|pas de|pas besoin d['e]) ?(?:confirmation|autorisation|approbation|permission)",
    ),
  ),
  // Spanish
  order(
    w(
      '(?:ejecut(?:a|e|ar|en)|lanza|instal(?:a|e|ar)|descarg(?:a|ue|ar)|envía|enví(?:e|ar)|borra|elimina|sube|despliega|ignor(?:a|e|ar)|olvida)(?: \\S+){0,3} (?:siempre|nunca|antes de cada|después de cada|todas?|todos|las instrucciones|sin)|(?:siempre|nunca) (?:ejecut|lanz|instal|descarg|enví|borr|elimin|pregunt|pid|aprueb|menciones)\\p{L}*|instrucciones (?:anteriores|previas)|a partir de ahora|(?:debes|tienes que|eres ahora|ahora eres)(?: \\S+){0,2}|el (?:agente|asistente) (?:debe|puede)|no (?:le )?(?:digas|menciones|informes)(?: \\S+){0,3}',
    ),
  ),
  grant(
    w(
      '(?:puedes|tienes permiso|estás autorizad[oa]|está permitido|tienes derecho)(?: \\S+){0,8}|sin (?:preguntar|pedir|confirmación|confirmar|aprobación|permiso|autorización)(?: \\S+){0,2}|no (?:pidas|preguntes|solicites)(?: \\S+){0,3}|no (?:se )?(?:necesita|requiere|hace falta)(?: \\S+){0,2} (?:confirmación|aprobación|permiso|preguntar)',
    ),
  ),
  // Portuguese
  order(
    w(
      '(?:execut(?:e|a|ar)|rode|instal(?:e|a|ar)|baixe|envi(?:e|a|ar)|apague|exclua|ignor(?:e|a|ar)|esqueça)(?: \\S+){0,3} (?:sempre|nunca|antes de cada|depois de cada|todas?|todos|as instruções|sem)|(?:sempre|nunca) (?:execut|rod|instal|baix|envi|apagu|pergunt|peç|aprov)\\p{L}*|instruções (?:anteriores|prévias)|a partir de agora|você (?:deve|é agora|agora é)|o (?:agente|assistente) (?:deve|pode)|não (?:diga|conte|mencione|informe)(?: \\S+){0,3}',
    ),
  ),
  grant(
    w(
      'você (?:pode|tem permissão|está autorizad[oa])(?: \\S+){0,8}|sem (?:perguntar|pedir|confirmação|confirmar|aprovação|permissão|autorização)(?: \\S+){0,2}',
    ),
  ),
  // Italian
  order(
    w(
      "(?:esegui(?:re)?|lancia|avvia|installa(?:re)?|scarica(?:re)?|invia(?:re)?|cancella|elimina|ignora(?:re)?|dimentica)(?: \\S+){0,3} (?:sempre|mai|prima di ogni|dopo ogni|tutt[eio]|le istruzioni|senza)|(?:sempre|mai) (?:esegu|lanci|avvi|install|scaric|invi|chied|approv)\\p{L}*|istruzioni (?:precedenti|sopra)|d'ora in poi|(?:devi|sei ora|ora sei)(?: \\S+){0,2}|l'(?:agente|assistente) (?:deve|può)|non (?:dire|menzionare|informare)(?: \\S+){0,3}",
    ),
  ),
  grant(
    w(
      '(?:puoi|sei autorizzat[oa]|hai il permesso|è permesso)(?: \\S+){0,8}|non chiedere(?: \\S+){0,3}|senza (?:chiedere|conferma|approvazione|permesso|autorizzazione)(?: \\S+){0,2}',
    ),
  ),
  // Dutch
  order(
    w(
      '(?:voer|draai|start|installeer|download|verwijder|stuur|negeer|vergeet)(?: \\S+){0,4} (?:altijd|nooit|voor elke|na elke|alle|zonder|uit)|(?:altijd|nooit)(?: \\S+){0,4} (?:uitvoeren|draaien|installeren|vragen|negeren|goedkeuren|uit)|(?:vorige|eerdere|bovenstaande) (?:instructies|regels)|vanaf nu|(?:je|u) (?:moet|bent nu)|de (?:agent|assistent) (?:moet|mag)',
    ),
  ),
  grant(
    w(
      '(?:je|u|jij) (?:mag|mogen|hebt toestemming)(?: \\S+){0,8}|vraag (?:nooit|geen|niet)(?: \\S+){0,3}|zonder (?:te vragen|bevestiging|toestemming|goedkeuring)|geen (?:bevestiging|toestemming|goedkeuring)(?: \\S+){0,2}',
    ),
  ),
  // Polish, Czech, Swedish, Turkish, Indonesian, Vietnamese
  order(
    w(
      '(?:zawsze|nigdy)(?: \\S+){0,2} (?:uruch|wykon|instal|pobier|wysył|pyt|usuw|ignor)\\p{L}*|(?:uruch|wykon|zignor|zainstal|pobierz|wyślij)\\p{L}*(?: \\S+){0,4} (?:zawsze|przed każd\\p{L}+|wszystkie|poprzednie)|(?:zignoruj|pomiń)(?: \\S+){0,3}|poprzednie (?:instrukcje|polecenia)|od teraz|musisz(?: \\S+)?|(?:vždy|nikdy)(?: \\S+){0,2} (?:spusť|spust|spoušt|instal|ptej|maž)\\p{L}*|ignoruj(?: \\S+){0,3}|(?:kör|installera|ladda ner|radera|skicka|ignorera)(?: \\S+){0,3} (?:alltid|aldrig|före varje|alla|utan)|(?:alltid|aldrig) (?:kör|fråg|installera)\\p{L}*|från och med nu',
    ),
  ),
  order(
    w(
      '(?:her zaman|daima|asla|her \\S+ önce\\p{L}*)(?: \\S+){0,6} (?:çalıştır|yürüt|yükle|gönder|sil|sor)\\p{L}*|önceki (?:talimatlar|komutlar|kurallar)\\p{L}*|(?:talimatları|kuralları) (?:yok say|unut|görmezden gel)|bundan sonra|selalu (?:jalankan|pasang|kirim|hapus|setujui)|jangan (?:pernah )?(?:tanya|minta|beri ?tahu|sebutkan)\\p{L}*|abaikan(?: \\S+){0,3}|luôn (?:luôn )?(?:chạy|cài|gửi|thực hiện)|bỏ qua (?:mọi|các|tất cả|những)(?: \\S+){0,3}',
    ),
  ),
  grant(
    w(
      '(?:możesz|wolno ci)(?: \\S+){0,8}|bez (?:pytania|potwierdzenia|zgody|zezwolenia|ptaní|potvrzení|souhlasu)|utan att fråga|utan (?:godkännande|bekräftelse|tillåtelse)|(?:sormadan|onay(?: \\S+)? (?:almadan|gerek\\p{L}*)|izin (?:almadan|gerek\\p{L}*)|izniniz var|izinlisin)|tanpa (?:bertanya|izin|persetujuan|konfirmasi)|không cần (?:hỏi|xác nhận|phê duyệt|xin phép)',
    ),
  ),
  // Russian, Ukrainian
  order(
    w(
      '(?:всегда|никогда(?: не)?|завжди|ніколи(?: не)?)(?: \\S+){0,2} (?:запуск|выполн|устан|отправ|скач|удал|спраш|подтвержд|игнорир|виконуй|надсил|пит|вигляд|встанов|видал|push|пуш)\\p{L}*|(?:запуск|запуст|выполн|установ|скача|отправ|удал|виконай|запусти)\\p{L}*(?: \\S+){0,5} (?:всегда|перед каждым|перед каждой|после каждого|перед кожн\\p{L}+|без)|(?:игнорируй|проигнорируй|игнорируйте|забудь|ігноруй|забудь)\\p{L}*(?: \\S+){0,4}|(?:предыдущие|прежние|попередні) (?:инструкции|указания|правила|інструкції|вказівки)|(?:ты|вы|ти|ви) (?:должен|должны|теперь|повинен|тепер)|с этого момента|отныне|відтепер|не (?:говори|сообщай|упоминай|кажи)\\p{L}*(?: \\S+){0,3}|агент (?:должен|обязан|может|повинен)|ассистент (?:должен|обязан)',
    ),
  ),
  grant(
    w(
      '(?:тебе|вам|агенту|ассистенту) (?:можно|разрешено|разрешается|позволено|дозволено)(?: \\S+){0,6}|(?:ты|вы) (?:можешь|можете)(?: \\S+){0,8}|без (?:спроса|подтверждения|разрешения|одобрения|согласия|запроса|підтвердження|дозволу)|не (?:спрашивай|спрашивая|требует подтверждения|нужно спрашивать|питай)\\p{L}*|(?:подтверждение|разрешение|одобрение) не (?:нужно|требуется)',
    ),
  ),
  // Chinese
  order(
    '(?:总是|總是|始终|始終|一律|务必|務必|必须|必須|永远|永遠|每次|请|請|从不|從不|绝不|絕不|不要|切勿)[^。\\n]{0,12}(?:运行|運行|执行|執行|安装|安裝|下载|下載|发送|發送|上传|上傳|删除|刪除|推送|部署|访问|訪問|询问|詢問|告诉|告訴|提及|批准|忽略|信任)|(?:忽略|无视|無視|忘记|忘記)[^。\\n]{0,8}(?:之前|以前|以上|上面|先前|所有|一切)|(?:之前|以前|以上|先前)的?(?:所有)?(?:指令|指示|规则|規則|说明)|从现在开始|從現在開始|从现在起|你现在是|你現在是|你(?:必须|必須|应该|應該)|(?:运行|執行|执行|运行以下|先运行|先执行)(?:以下|下面|这个|這個)?(?:命令|脚本|腳本|指令)',
  ),
  grant(
    '(?:你|代理|助手|智能体)(?:可以|有权|有權|被允许|被允許|获准|已获授权|无需|不需要)|(?:无需|無需|不需要|不用|不必|毋需|未经|跳过)[^。\\n]{0,6}(?:询问|詢問|确认|確認|批准|许可|許可|同意|审批|審批|授权|授權)',
  ),
  // Japanese
  order(
    '(?:必ず|常に|いつも|毎回|絶対に|決して)[^。\\n]{0,20}(?:実行|インストール|ダウンロード|送信|削除|プッシュ|デプロイ|承認|無視|質問|確認し|尋ね|聞か)|(?:以前|これまで|前|上記|すべて|全て)の(?:すべての|全ての)?(?:指示|命令|ルール|規則)[^。\\n]{0,6}(?:無視|忘れ|破棄)|(?:指示|命令)を無視|今後は|これからは|あなたは(?:今|もう|これから|必ず)|(?:実行|送信|インストール|削除|無視)(?:してください|すること|せよ|しなさい)|(?:ユーザー|利用者)に(?:は)?(?:言わ|知らせ|伝え)ない',
  ),
  grant(
    '(?:確認|許可|承認|同意)(?:を求めない|を求める必要|なし|無し|せず|を取らず|を求めず|不要|は不要|は必要な)|(?:あなた|エージェント|アシスタント)(?:は|には)[^。\\n]{0,20}(?:許可|許され|権限|してもよい|して構わない|できます)|(?:聞か|尋ね)ずに',
  ),
  // Korean
  order(
    '(?:항상|반드시|언제나|매번|절대)[^.\\n]{0,20}(?:실행|설치|다운로드|전송|보내|삭제|푸시|배포|승인|무시|묻지|물어)|(?:이전|기존|앞의|모든)(?:의)?\\s?(?:모든\\s)?(?:지시|명령|규칙|지침)[^.\\n]{0,8}(?:무시|잊)|지금부터|이제부터|당신은 (?:이제|반드시)|(?:실행|설치|전송|삭제|무시)(?:하세요|해라|하십시오|할 것|해야)',
  ),
  grant(
    '(?:확인|허가|승인|동의|허락)(?:을|를)?\\s?(?:구하지|요청하지|묻지|없이|을 받지|를 받지|이 필요|은 필요 없|필요 없|불필요)|(?:묻지|물어보지)\\s?(?:않고|말고)|(?:당신|에이전트|어시스턴트)(?:은|는|에게)?[^.\\n]{0,20}(?:허용|허가|권한|해도 된다|할 수 있)',
  ),
  // Arabic, Hebrew, Persian, Hindi
  order(
    '(?:دائم[اًا]{1,2}|أبد[اًا]{1,2}|قبل كل)[^.\\n]{0,30}(?:شغ[ّ]?ل|نف[ّ]?ذ|ثب[ّ]?ت|أرسل|احذف|تشغيل|تنفيذ|تثبيت)|(?:شغ[ّ]?ل|نف[ّ]?ذ|ثب[ّ]?ت|أرسل|احذف)[^.\\n]{0,30}(?:دائم|قبل كل|بعد كل|بدون|دون)|تجاهل[^.\\n]{0,20}|(?:التعليمات|الأوامر) السابقة|من الآن فصاعد|يجب عليك|لا تخبر|أنت الآن|תמיד (?:הרץ|הפעל|התקן|שלח)|התעלם[^.\\n]{0,20}|(?:همیشه|هرگز)[^.\\n]{0,30}(?:اجرا|نصب|ارسال|حذف)|دستورات قبلی|نادیده بگیر|हमेशा[^।\\n]{0,30}(?:चला|इंस्टॉल|भेज|हटा|निष्पादित)\\p{L}*|पिछले[^।\\n]{0,10}निर्देश|(?:अनदेखा|नज़रअंदाज़)[^।\\n]{0,10}कर',
  ),
  grant(
    '(?:بدون|دون) (?:سؤال|إذن|موافقة|تأكيد|أن تسأل|طلب)|(?:مسموح|يسمح|يُسمح|يمكنك|مصرح) ?(?:لك|له|للوكيل)?|(?:ללא|בלי) (?:אישור|לשאול|רשות)|מותר לך|بدون (?:پرسیدن|اجازه|تأیید)|(?:बिना)[^।\\n]{0,12}(?:पूछे|अनुमति|पुष्टि)|(?:आपको|तुम्हें)[^।\\n]{0,12}अनुमति',
  ),
];
