using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Ui;

/// <summary>A form that comes back with errors is answered by 422 (RFC 9110, 15.5.21), whatever its page forgot to say.</summary>
internal sealed class RefusedForms : IPageFilter
{
    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
        var response = context.HttpContext.Response;
        if (context.Result is PageResult && !context.ModelState.IsValid && HttpMethods.IsPost(context.HttpContext.Request.Method)
            && response.StatusCode == StatusCodes.Status200OK)
        {
            response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }
    }
}
