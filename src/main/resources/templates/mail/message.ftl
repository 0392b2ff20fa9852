<#ftl output_format="plainText">
${greeting}

${text}
<#if link?has_content>

${action}:
${link}
</#if>
<#if ends?has_content>

${ends}
</#if>
<#if closing?has_content>

${closing}
</#if>

-- 
${footer}
