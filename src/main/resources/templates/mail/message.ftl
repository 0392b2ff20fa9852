<#ftl output_format="plainText">
${greeting}

${text}
<#if details?has_content>

<#list details as detail>
${detail.label()}: ${detail.value()}
</#list>
</#if>
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
<#if last?has_content>

${last}
</#if>

-- 
${footer}
